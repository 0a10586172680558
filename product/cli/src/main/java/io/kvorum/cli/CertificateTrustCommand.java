package io.kvorum.cli;

import io.kvorum.node.StartFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code certificate trust}: puts the cluster's authorities where this machine's programs look for them, so that curl and
 * its like believe the API and etcd without flags.
 */
@Command(
        name = "trust",
        mixinStandardHelpOptions = true,
        description = {
            "Let this machine's programs believe the cluster's certificates: its authorities go into the system's",
            "list, so that `curl https://ADDRESS:2379/health` works without --cacert. --remove takes them out again."
        })
final class CertificateTrustCommand implements Callable<Integer> {
    private static final int LIMIT_SECONDS = 60;

    /** Where a distribution keeps what its owner trusts, and the command that makes it count. */
    private record Anchors(Path folder, List<String> renewal) {}

    private static final List<Anchors> KNOWN = List.of(
            new Anchors(Path.of("/usr/local/share/ca-certificates"), List.of("update-ca-certificates")),
            new Anchors(Path.of("/etc/pki/ca-trust/source/anchors"), List.of("update-ca-trust", "extract")),
            new Anchors(Path.of("/etc/pki/trust/anchors"), List.of("update-ca-certificates")));

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-d", "--data-dir"},
            defaultValue = "${env:K3S_DATA_DIR:-/var/lib/rancher/k3s}",
            description = "folder that holds the node's state (default: ${DEFAULT-VALUE})")
    private Path dataFolder;

    @Option(names = "--remove", description = "trust them no more")
    private boolean isRemoval;

    @Option(names = "--anchors", hidden = true, description = "another folder of anchors, which nothing is run for")
    private Path otherFolder;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Anchors anchors = otherFolder == null ? ofThisSystem() : new Anchors(otherFolder, List.of());
        PrintWriter out = spec.commandLine().getOut();
        try {
            if (isRemoval) {
                remove(anchors, out);
            } else {
                put(anchors, out);
            }
        } catch (AccessDeniedException e) {
            throw new StartFailure("cannot change %s: run this as root".formatted(anchors.folder()), e);
        }
        renew(anchors);
        out.flush();
        return 0;
    }

    private static Anchors ofThisSystem() {
        return KNOWN.stream()
                .filter(one -> Files.isDirectory(one.folder()))
                .findFirst()
                .orElseThrow(() -> new StartFailure(
                        "this system keeps its trusted authorities in no place known here; install the package"
                                + " ca-certificates, or give --cacert to each program"));
    }

    /** By the name that each gets: what this node has, a server more than an agent. */
    private Map<String, Path> authorities() throws IOException {
        Map<String, Path> found = new LinkedHashMap<>();
        Path tls = dataFolder.resolve("server/tls");
        try {
            addIfThere(found, "kvorum-server-ca.crt", tls.resolve("server-ca.crt"));
            addIfThere(found, "kvorum-etcd-server-ca.crt", tls.resolve("etcd/server-ca.crt"));
            if (found.isEmpty()) {
                addIfThere(found, "kvorum-server-ca.crt", dataFolder.resolve("agent/server-ca.crt"));
            }
        } catch (AccessDeniedException e) {
            throw new StartFailure("cannot read %s: run this as root".formatted(dataFolder), e);
        }
        if (found.isEmpty()) {
            throw new StartFailure(
                    "there are no authorities below %s: no server or agent has run here, or --data-dir is missing"
                            .formatted(dataFolder));
        }
        return found;
    }

    private static void addIfThere(Map<String, Path> found, String name, Path file) throws IOException {
        if (Files.exists(file)) {
            Files.newInputStream(file).close();
            found.put(name, file);
        }
    }

    private void put(Anchors anchors, PrintWriter out) throws IOException {
        for (Map.Entry<String, Path> authority : authorities().entrySet()) {
            Path target = anchors.folder().resolve(authority.getKey());
            Path next = anchors.folder().resolve(authority.getKey() + ".new");
            Files.copy(authority.getValue(), next, StandardCopyOption.REPLACE_EXISTING);
            Files.move(next, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            out.println("trusted " + authority.getValue());
        }
    }

    private static void remove(Anchors anchors, PrintWriter out) throws IOException {
        List<Path> ours = new ArrayList<>();
        try (var files = Files.newDirectoryStream(anchors.folder(), "kvorum-*.crt")) {
            files.forEach(ours::add);
        }
        for (Path file : ours) {
            Files.delete(file);
            out.println("trusted no more: " + file);
        }
    }

    private static void renew(Anchors anchors) throws IOException, InterruptedException {
        if (anchors.renewal().isEmpty()) {
            return;
        }
        String name = anchors.renewal().getFirst();
        Process process;
        try {
            process = new ProcessBuilder(anchors.renewal())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new StartFailure("cannot run %s: install the package ca-certificates".formatted(name), e);
        }
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new StartFailure("%s did not end within %d s; run it again".formatted(name, LIMIT_SECONDS));
        }
        if (process.exitValue() != 0) {
            throw new StartFailure(
                    "%s failed with exit code %d; run it to see why".formatted(name, process.exitValue()));
        }
    }
}
