package io.kvorum.crictl.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One test host of a lab of its own with a real containerd and one image; made by the {@code lab} tool. */
final class LabHost implements AutoCloseable {
    static final String IMAGE = "registry.local/box:1";
    private static final String SOCKET = "/run/containerd/containerd.sock";
    private static final long DEADLINE_SECONDS = 120;

    /** How a program ended. */
    record Ended(int exitCode, String out, String err) {
        String orThrow() {
            if (exitCode != 0) {
                throw new AssertionError("exit code %d: %s%s".formatted(exitCode, out, err));
            }
            return out;
        }
    }

    private final Path root = repository();
    private final Path folder;

    LabHost(Path folder) {
        this.folder = folder;
    }

    private static Path repository() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("proof/lab/lab"))) {
            at = at.getParent();
        }
        return at;
    }

    /** Why no lab can run here; empty if one can. */
    String obstacle() {
        Ended check = lab("", "check");
        String missing = Stream.of("containerd", "runc", "busybox", "ctr")
                .filter(name -> Stream.of("/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/")
                        .noneMatch(place -> Files.isExecutable(Path.of(place + name))))
                .reduce("", (all, name) -> all + " " + name);
        return check.exitCode() == 0 ? missing.strip() : check.err().strip();
    }

    void up() {
        // what a run that was killed has left
        lab("", "down");
        lab("", "up", "1").orThrow();
        String archive = folder.resolve("box.tar").toString();
        String tool = root.resolve("proof/lab/mkimage").toString();
        process("", List.of(tool, "--name", IMAGE, "--busybox", "--cmd", "sleep", "--cmd", "100000", "--out", archive))
                .orThrow();
        lab("", "containerd", "h1").orThrow();
        lab("", "exec", "h1", "ctr", "-n", "k8s.io", "images", "import", archive)
                .orThrow();
    }

    Ended crictl(String... arguments) {
        return crictlTyping("", arguments);
    }

    /** Runs crictl in a process of its own on the host, with this on its standard input, which then ends. */
    Ended crictlTyping(String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "exec",
                "h1",
                "env",
                "CONTAINER_RUNTIME_ENDPOINT=unix://" + SOCKET,
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.kvorum.crictl.Crictl"));
        command.addAll(List.of(arguments));
        return lab(input, command.toArray(String[]::new));
    }

    private Ended lab(String input, String... words) {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "LAB_NAME=cricl",
                "LAB_SUBNET=10.87.0",
                "LAB_PAUSE=" + IMAGE,
                "LAB_DIR=" + folder.resolve("lab"),
                root.resolve("proof/lab/lab").toString()));
        command.addAll(List.of(words));
        return process(input, command);
    }

    private static Ended process(String input, List<String> command) {
        try {
            Process process = new ProcessBuilder(command).start();
            CompletableFuture<String> out = text(process.getInputStream());
            CompletableFuture<String> err = text(process.getErrorStream());
            try (OutputStream to = process.getOutputStream()) {
                to.write(input.getBytes(UTF_8));
            } catch (IOException itReadsNothing) {
                // how it ended tells more
            }
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("took too long: " + command);
            }
            return new Ended(process.exitValue(), out.get(10, TimeUnit.SECONDS), err.get(10, TimeUnit.SECONDS));
        } catch (Exception failure) {
            throw new AssertionError("cannot run " + command, failure);
        }
    }

    private static CompletableFuture<String> text(InputStream from) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                text.complete(new String(from.readAllBytes(), UTF_8));
            } catch (IOException failure) {
                text.completeExceptionally(failure);
            }
        });
        return text;
    }

    @Override
    public void close() {
        lab("", "down");
    }
}
