package io.kvorum.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Servers on lab hosts that form one cluster, and kubectl for each of them; one thread, but for kubectl. */
final class ServerCluster implements AutoCloseable {
    static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final String SERVICE = "kvorum";

    private final Lab lab;
    private final Path distribution = Lab.repository().resolve("dist/target/kvorum");
    private final Map<String, Path> kubeconfigs = new TreeMap<>();
    /** The flags each server was started with, to start it with again. */
    private final Map<String, List<String>> flags = new TreeMap<>();

    private final Shell shell = new Shell();

    ServerCluster(Lab lab) {
        this.lab = lab;
        if (!Files.isExecutable(distribution.resolve("bin/kvorum"))) {
            throw new IllegalStateException("there is no distribution in " + distribution + "; run ./dev build");
        }
    }

    void begin(String host) {
        start(host, List.of("--cluster-init"));
    }

    /** Forms one cluster of them all, the first of them first. */
    void form(List<String> hosts) {
        begin(hosts.getFirst());
        awaitReady(hosts.getFirst());
        List<String> others = hosts.subList(1, hosts.size());
        others.forEach(host -> join(host, hosts.getFirst()));
        others.forEach(this::awaitReady);
    }

    /** Starts a server that joins by the address of another. */
    void join(String host, String by) {
        prepareToJoin(host, by);
        startAgain(host);
    }

    /** What there is to do before a server can be started that joins by the address of another. */
    void prepareToJoin(String host, String by) {
        prepare(host, List.of("--server", "https://" + lab.address(by) + ":6443", "--token", token(by)));
    }

    void kill(String host, String signal) {
        lab.kill(host, SERVICE, signal);
    }

    /** Its power goes and comes back, and it starts as before. */
    void powerCycle(String host) {
        lab.powerOff(host);
        powerOn(host);
    }

    void powerOn(String host) {
        lab.powerOn(host);
        startAgain(host);
    }

    /** The servers that have a vote, as this one tells. */
    long voters(String host) {
        try {
            return etcdctl(host, "member", "list")
                    .lines()
                    .filter(line -> line.contains(", started, ") && line.endsWith(", false"))
                    .count();
        } catch (AssertionError e) {
            return -1;
        }
    }

    Path kubeconfig(String host) {
        return java.util.Objects.requireNonNull(kubeconfigs.get(host), host);
    }

    String token(String host) {
        try {
            return Files.readString(lab.path(host, "/var/lib/rancher/k3s/server/token"))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void start(String host, List<String> serverFlags) {
        prepare(host, serverFlags);
        startAgain(host);
    }

    private void prepare(String host, List<String> serverFlags) {
        flags.put(host, serverFlags);
        copyImages(host);
    }

    /** Takes everything from the host that a server keeps. */
    void wipe(String host) {
        lab.exec(host, START_LIMIT, "sh", "-c", "rm -rf /var/lib/rancher/* /etc/rancher/*")
                .expectSuccess();
    }

    /** From its next start on the server gets one word in place of another, if it had that. */
    void replaceFlag(String host, String before, String after) {
        List<String> changed = new ArrayList<>(flags.get(host));
        changed.replaceAll(word -> word.equals(before) ? after : word);
        flags.put(host, changed);
    }

    /** Starts the server with the flags it had, without waiting for it. */
    void startAgain(String host) {
        List<String> command = new ArrayList<>(List.of(tool("kvorum")));
        command.addAll(List.of("server", "--write-kubeconfig-mode", "644"));
        command.addAll(flags.get(host));
        lab.spawn(host, SERVICE, command);
    }

    private void copyImages(String host) {
        Path images = lab.path(host, "/var/lib/rancher/k3s/agent/images");
        try {
            Files.createDirectories(images);
            try (DirectoryStream<Path> archives = Files.newDirectoryStream(distribution.resolve("images"), "*.tar")) {
                for (Path archive : archives) {
                    Files.copy(archive, images.resolve(archive.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String[] tool(String name) {
        return new String[] {
            "env",
            "JAVA_HOME=" + System.getProperty("java.home"),
            distribution.resolve("bin").resolve(name).toString()
        };
    }

    /** Waits until the node is Ready, as the server on that same host tells. */
    void awaitReady(String host) {
        Path onHost = lab.path(host, "/etc/rancher/k3s/k3s.yaml");
        Await.until("the admin's kubeconfig on " + host, START_LIMIT, () -> Files.exists(onHost), () -> log(host));
        copyKubeconfig(host, onHost);
        Await.until("a Ready node " + host, START_LIMIT, () -> isReady(host), () -> log(host));
    }

    private void copyKubeconfig(String host, Path onHost) {
        try {
            Path copy = kubeconfigs.computeIfAbsent(host, ServerCluster::newFile);
            Files.writeString(
                    copy,
                    Files.readString(onHost)
                            .replace("https://127.0.0.1:6443", "https://" + lab.address(host) + ":6443"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on kubectl finds this server there. */
    void pointAt(String host, String address) {
        try {
            Path copy = kubeconfig(host);
            Files.writeString(
                    copy, Files.readString(copy).replaceFirst("https://[^:]+:6443", "https://" + address + ":6443"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newFile(String host) {
        try {
            return Files.createTempFile("kvorum-" + host, ".kubeconfig");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isReady(String host) {
        return tryKubectl(host, "get", "node", host, "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}")
                .out()
                .equals("True");
    }

    /** The output of a kubectl against this server that must succeed. */
    String kubectl(String host, String... arguments) {
        return tryKubectl(host, arguments).expectSuccess();
    }

    Shell.Outcome tryKubectl(String host, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                distribution.resolve("bin/kubectl").toString(),
                "--kubeconfig",
                kubeconfigs.get(host).toString(),
                "--request-timeout=5s"));
        command.addAll(List.of(arguments));
        return shell.run(Duration.ofMinutes(1), command);
    }

    String etcdctl(String host, String... arguments) {
        return command(host, "etcdctl", arguments).expectSuccess();
    }

    /** Runs one of the distribution's programs on the host. */
    Shell.Outcome command(String host, String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(tool(program)));
        command.addAll(List.of(arguments));
        return lab.exec(host, Duration.ofSeconds(60), command.toArray(String[]::new));
    }

    /** Starts one of the distribution's programs on the host and kills it as soon as it has said something. */
    void killDuring(String host, String words, String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(tool(program)));
        command.addAll(List.of(arguments));
        lab.spawn(host, "killed", command);
        Await.until(
                "the words \"%s\"".formatted(words),
                START_LIMIT,
                () -> lab.log(host, "killed").contains(words));
        lab.kill(host, "killed", "KILL");
        Await.until("its end", START_LIMIT, () -> !lab.isRunning(host, "killed"));
    }

    /** As systemctl stops it. */
    void stop(String host) {
        lab.kill(host, SERVICE, "TERM");
        Await.until("the end of the server on " + host, START_LIMIT, () -> !isRunning(host), () -> log(host));
    }

    /** The output of one of this server's own commands that must succeed. */
    String kvorum(String host, String... arguments) {
        List<String> command = new ArrayList<>(List.of(tool("kvorum")));
        command.addAll(List.of(arguments));
        return lab.exec(host, Duration.ofSeconds(60), command.toArray(String[]::new))
                .expectSuccess();
    }

    /** The one of these servers that leads the store; an election may be under way. */
    String leader(List<String> hosts) {
        List<String> found = new ArrayList<>();
        Await.until("a leader among " + hosts, Duration.ofSeconds(30), () -> {
            hosts.stream().filter(this::isLeader).findFirst().ifPresent(found::add);
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    private boolean isLeader(String host) {
        String status = etcdctl(host, "endpoint", "status", "-w", "fields");
        return field(status, "MemberID").equals(field(status, "Leader"));
    }

    private static String field(String fields, String name) {
        return fields.lines()
                .filter(line -> line.startsWith("\"" + name + "\""))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + fields));
    }

    boolean isRunning(String host) {
        return lab.isRunning(host, SERVICE);
    }

    String log(String host) {
        String log = lab.log(host, SERVICE);
        return log.substring(Math.max(0, log.length() - 6000));
    }

    @Override
    public void close() throws IOException {
        for (Path kubeconfig : kubeconfigs.values()) {
            Files.deleteIfExists(kubeconfig);
        }
    }
}
