package io.kvorum.etcdserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs and gives back all they said. */
final class Commands {
    static final Path ETCD = Path.of("/usr/bin/etcd");
    static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");

    private Commands() {}

    static boolean areThere() {
        return Files.isExecutable(ETCD) && Files.isExecutable(ETCDCTL);
    }

    /** Standard output and error together, then the exit code. */
    static String run(List<String> command, Map<String, String> environment, String input, Duration limit) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It does not want to read.
            }
            List<byte[]> said = new ArrayList<>();
            Thread reader = Thread.ofVirtual().start(() -> said.add(all(process.getInputStream())));
            boolean hasEnded = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!hasEnded) {
                process.destroyForcibly();
            }
            reader.join();
            String text = new String(said.getFirst(), StandardCharsets.UTF_8);
            return text + "exit " + (hasEnded ? process.exitValue() : "killed") + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static byte[] all(InputStream in) {
        try (in) {
            return in.readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
