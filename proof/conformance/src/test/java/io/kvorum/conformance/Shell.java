package io.kvorum.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs commands and waits for them. */
final class Shell {
    /** What a command said. */
    record Outcome(List<String> command, int exitCode, String out, String err) {
        /** The command's output, if it succeeded. */
        String expectSuccess() {
            if (exitCode != 0) {
                throw new AssertionError("%s: exit code %d%n%s%s".formatted(command, exitCode, out, err));
            }
            return out;
        }

        /** What a failing command said. */
        String expectFailure() {
            if (exitCode == 0) {
                throw new AssertionError("%s succeeded, but should not have:%n%s".formatted(command, out));
            }
            return err;
        }
    }

    private final Map<String, String> environment = new TreeMap<>();

    Shell with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Outcome run(Duration limit, List<String> command) {
        return run(limit, null, command);
    }

    Outcome run(Duration limit, @Nullable String input, List<String> command) {
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            CompletableFuture<String> out = read(process.getInputStream());
            CompletableFuture<String> err = read(process.getErrorStream());
            try (var stdin = process.getOutputStream()) {
                if (input != null) {
                    stdin.write(input.getBytes(StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                // it did not want its input
            }
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("%s took longer than %s%n%s%s"
                        .formatted(command, limit, out.getNow("(still writing)"), err.getNow("")));
            }
            return new Outcome(command, process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted during " + command, e);
        }
    }

    private static CompletableFuture<String> read(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        return "";
                    }
                },
                task -> Thread.ofVirtual().start(task));
    }
}
