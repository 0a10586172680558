package io.kvorum.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Bare machines: lab hosts that boot systemd, where somebody may use sudo, and a web server on the first with the release
 * folder. Used by one test at a time.
 */
final class Machines implements AutoCloseable {
    /** For a program to be downloaded, unpacked and started while the machine does much else. */
    static final Duration INSTALL = Duration.ofMinutes(5);

    static final Duration COMMAND = Duration.ofMinutes(2);

    /** The version that the newer build is offered as. */
    static final String NEWER = "next";

    private static final String SUBNET = "10.95.0";
    private static final int RELEASES_PORT = 8000;

    private final Lab lab;

    private Machines(Lab lab) {
        this.lab = lab;
    }

    static Machines boot(int hosts) throws IOException {
        Path root = Lab.repository();
        var shell = new Shell().with("JAVA_HOME", System.getProperty("java.home"));
        String rootFilesystem = shell.run(
                        Duration.ofMinutes(10),
                        List.of(root.resolve("proof/lab/rootfs").toString()))
                .expectSuccess()
                .strip();
        // the install script keeps the address that releases are served at
        String address = "http://%s.11:%d".formatted(Lab.environment("LAB_SUBNET", SUBNET), RELEASES_PORT);
        if (!isFresh(address)) {
            shell.run(
                            Duration.ofMinutes(5),
                            List.of(root.resolve("dist/release").toString(), "--url", address))
                    .expectSuccess();
        }
        List<Path> shared = List.of(releases(), distribution(), Path.of(System.getProperty("java.home")));
        var machines = new Machines(Lab.boot("runbk", SUBNET, hosts, Path.of(rootFilesystem), shared));
        try {
            machines.prepare(hosts);
        } catch (IOException | RuntimeException | Error e) {
            machines.close();
            throw e;
        }
        return machines;
    }

    static Path releases() {
        return Lab.repository().resolve("dist/target/release");
    }

    static Path distribution() {
        return Lab.repository().resolve("dist/target/kvorum");
    }

    private static boolean isFresh(String address) throws IOException {
        Path script = releases().resolve("install.sh");
        if (!Files.exists(script) || !Files.readString(script).contains(address)) {
            return false;
        }
        Path dist = Lab.repository().resolve("dist");
        List<Path> sources =
                new ArrayList<>(List.of(distribution().resolve("lib/kvorum.jar"), dist.resolve("release")));
        try (var scripts = Files.newDirectoryStream(dist.resolve("install"))) {
            scripts.forEach(sources::add);
        }
        for (Path source : sources) {
            if (Files.getLastModifiedTime(source).compareTo(Files.getLastModifiedTime(script)) > 0) {
                return false;
            }
        }
        return true;
    }

    private void prepare(int hosts) throws IOException {
        lab.spawn(
                "h1",
                "releases",
                List.of(
                        "busybox",
                        "httpd",
                        "-f",
                        "-p",
                        lab.address("h1") + ":" + RELEASES_PORT,
                        "-h",
                        releases().toString()));
        for (int host = 1; host <= hosts; host++) {
            // there is no network to fetch packages from; what runbooks install is there
            root("h" + host, """
                    useradd -m -s /bin/bash admin
                    echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin
                    rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
                    touch /etc/apt/sources.list
                    """);
        }
        String ask = "curl -sf " + script();
        Await.until(
                "the releases are served",
                COMMAND,
                () -> lab.exec("h" + hosts, COMMAND, "sh", "-c", ask).exitCode() == 0,
                () -> lab.log("h1", "releases"));
    }

    /** Where the install script is served. */
    String script() {
        return "http://%s:%d/install.sh".formatted(lab.address("h1"), RELEASES_PORT);
    }

    /** Puts the images that a machine without a registry needs where its node looks for them. */
    void provideImages(String host) {
        try {
            Path images = lab.path(host, "/var/lib/rancher/k3s/agent/images");
            Files.createDirectories(images);
            try (var archives = Files.newDirectoryStream(distribution().resolve("images"), "*.tar")) {
                for (Path archive : archives) {
                    Files.copy(archive, images.resolve(archive.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Serves the same program in another build as a newer version: it unpacks itself again, elsewhere. */
    void offerNewerBuild() {
        String script = """
                cd "$0/download"
                rm -rf next; mkdir next
                program=stable/k3s
                { sed '1,/^exit 1$/s/^hash=.*/hash=next/' "$program"; printf '' | gzip; } >next/k3s
                cd next && sha256sum k3s >sha256sum-amd64.txt
                """;
        new Shell()
                .with("LC_ALL", "C")
                .run(COMMAND, List.of("bash", "-ec", script, releases().toString()))
                .expectSuccess();
    }

    Lab lab() {
        return lab;
    }

    String address(String host) {
        return lab.address(host);
    }

    /** What root's script prints, which must succeed. */
    String root(String host, String script) {
        return tryRoot(host, script).expectSuccess();
    }

    Shell.Outcome tryRoot(String host, String script) {
        return tryRoot(host, COMMAND, script);
    }

    Shell.Outcome tryRoot(String host, Duration limit, String script) {
        return lab.exec(host, limit, "bash", "-ec", script);
    }

    /** As root, once more when the members have just lost sight of each other, as they do on a machine that is overloaded. */
    String patiently(String host, String script) {
        AtomicReference<Shell.@Nullable Outcome> last = new AtomicReference<>();
        Await.until(
                script + " finds a leader",
                INSTALL,
                () -> {
                    Shell.Outcome outcome = tryRoot(host, INSTALL, script);
                    last.set(outcome);
                    return outcome.exitCode() == 0
                            || !(outcome.out() + outcome.err())
                                    .matches("(?s).*(deadline exceeded|no leader|no quorum|leader changed).*");
                },
                () -> journal(host));
        return Objects.requireNonNull(last.get()).expectSuccess();
    }

    /** As a person types it who may use sudo. */
    Shell.Outcome asAdmin(String host, Duration limit, String script) {
        return lab.exec(
                host,
                limit,
                "runuser",
                "-u",
                "admin",
                "--",
                "env",
                "-i",
                "HOME=/home/admin",
                "USER=admin",
                "PATH=/usr/local/bin:/usr/bin:/bin",
                "bash",
                "-e",
                "-o",
                "pipefail",
                "-c",
                "cd; " + script);
    }

    String kubectl(String host, String arguments) {
        return patiently(host, "kubectl --request-timeout=20s " + arguments);
    }

    /** Waits until the node is Ready, and so many members of the store are healthy, as a server sees it. */
    void awaitWhole(String by, int members, String... nodes) {
        for (String node : nodes) {
            Await.until(
                    node + " is Ready",
                    INSTALL,
                    () -> tryRoot(by, "kubectl --request-timeout=20s get node " + node)
                            .out()
                            .contains(" Ready "),
                    () -> journal(node));
        }
        Await.until(
                members + " members are healthy",
                INSTALL,
                () -> {
                    Shell.Outcome health = tryRoot(by, "etcdctl endpoint health --cluster");
                    return health.exitCode() == 0
                            && (health.out() + health.err())
                                            .lines()
                                            .filter(line -> line.contains("is healthy"))
                                            .count()
                                    == members;
                },
                () -> root(by, "etcdctl member list; etcdctl endpoint health --cluster || true") + journal(by));
    }

    List<String> members(String host) {
        return root(host, "etcdctl member list").lines().toList();
    }

    String journal(String host) {
        return lab.exec(host, COMMAND, "sh", "-c", "journalctl --no-pager -n 40 -u 'k3s*'")
                .out();
    }

    /** The environment that the service's process has, a variable a line. */
    String environment(String host, String service) {
        return root(host, "tr '\\0' '\\n' </proc/$(systemctl show -p MainPID --value %s)/environ".formatted(service));
    }

    /** Runs them side by side and waits for all; fails as the first that failed does. */
    static void atOnce(Runnable... acts) {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (Runnable act : acts) {
            running.add(CompletableFuture.runAsync(
                    act, task -> Thread.ofVirtual().name("machines-", 0).start(task)));
        }
        try {
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        lab.close();
    }
}
