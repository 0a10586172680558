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
import org.jspecify.annotations.Nullable;

/** One server on the lab host h1, and kubectl for it. */
final class OneServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final String SERVICE = "kvorum";

    private final Lab lab;
    private final Path distribution = Lab.repository().resolve("dist/target/kvorum");
    private final Path kubeconfig;
    private final List<String> flags;
    private final Shell shell = new Shell();

    private OneServer(Lab lab, List<String> flags) throws IOException {
        this.lab = lab;
        this.flags = flags;
        this.kubeconfig = Files.createTempFile("kvorum", ".kubeconfig");
        if (!Files.isExecutable(kvorum())) {
            throw new IllegalStateException("there is no distribution in " + distribution + "; run ./dev build");
        }
    }

    static OneServer start(Lab lab, String... flags) throws IOException {
        var server = new OneServer(lab, List.of(flags));
        server.copyImages("h1");
        server.start();
        server.awaitReady();
        return server;
    }

    private Path kvorum() {
        return distribution.resolve("bin/kvorum");
    }

    /** The images that are packed, where the node of a host looks for them. */
    void copyImages(String host) throws IOException {
        Path images = lab.path(host, "/var/lib/rancher/k3s/agent/images");
        Files.createDirectories(images);
        try (DirectoryStream<Path> archives = Files.newDirectoryStream(distribution.resolve("images"), "*.tar")) {
            for (Path archive : archives) {
                Files.copy(archive, images.resolve(archive.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Starts the process without waiting for it. */
    void start() {
        lab.spawn("h1", SERVICE, serverCommand(flags.toArray(String[]::new)));
    }

    /** The command of the server with further flags. */
    List<String> serverCommand(String... flags) {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                kvorum().toString(),
                "server",
                "--cluster-init",
                "--write-kubeconfig-mode",
                "644"));
        command.addAll(List.of(flags));
        return command;
    }

    /** The command of an agent that joins this server, with further flags. */
    List<String> agentCommand(String... further) {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                kvorum().toString(),
                "agent",
                "--server",
                "https://" + lab.address("h1") + ":6443",
                "--token",
                token()));
        command.addAll(List.of(further));
        return command;
    }

    private String token() {
        try {
            return Files.readString(lab.path("h1", "/var/lib/rancher/k3s/server/token"))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of the tools that the distribution answers to, as a command on the host. */
    String[] tool(String name) {
        return new String[] {
            "env",
            "JAVA_HOME=" + System.getProperty("java.home"),
            distribution.resolve("bin").resolve(name).toString()
        };
    }

    void awaitReady() {
        Path onHost = lab.path("h1", "/etc/rancher/k3s/k3s.yaml");
        Await.until("the admin's kubeconfig", START_LIMIT, () -> Files.exists(onHost), this::log);
        try {
            Files.writeString(
                    kubeconfig,
                    Files.readString(onHost)
                            .replace("https://127.0.0.1:6443", "https://" + lab.address("h1") + ":6443"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until("a Ready node", START_LIMIT, this::isReady, this::log);
    }

    private boolean isReady() {
        return tryKubectl("get", "nodes", "-o", "jsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}")
                .out()
                .contains("True");
    }

    void kill(String signal) {
        lab.kill("h1", SERVICE, signal);
    }

    boolean isRunning() {
        return lab.isRunning("h1", SERVICE);
    }

    String log() {
        String log = lab.log("h1", SERVICE);
        return log.substring(Math.max(0, log.length() - 6000));
    }

    Lab lab() {
        return lab;
    }

    /** The output of a kubectl that must succeed. */
    String kubectl(String... arguments) {
        return tryKubectl(arguments).expectSuccess();
    }

    Shell.Outcome tryKubectl(String... arguments) {
        return kubectlWith(null, arguments);
    }

    /** Applies a manifest given as text. */
    String apply(String manifest) {
        return kubectlWith(manifest, "apply", "-f", "-").expectSuccess();
    }

    /** @param input for standard input */
    Shell.Outcome kubectlWith(@Nullable String input, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(distribution.resolve("bin/kubectl").toString(), "--kubeconfig", kubeconfig.toString()));
        command.addAll(List.of(arguments));
        return shell.run(Duration.ofMinutes(2), input, command);
    }

    /** The shell to run further real clients in. */
    Shell shell() {
        return shell;
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(kubeconfig);
    }
}
