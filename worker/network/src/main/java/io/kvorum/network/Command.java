package io.kvorum.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A program of the operating system, run rarely: its words, what it reads, and how long it may take. Any thread. */
public record Command(List<String> words, String input, Duration deadline) {
    private static final int LONGEST_OUTPUT_BYTES = 4 << 20;

    public Command {
        words = List.copyOf(words);
    }

    /** How it ended; output is cut at 4 MiB. */
    public record Outcome(int exitCode, String output, String errors) {
        public boolean succeeded() {
            return exitCode == 0;
        }
    }

    public static Command of(Duration deadline, String... words) {
        return new Command(List.of(words), "", deadline);
    }

    /**
     * Runs it and waits.
     *
     * @throws CommandFailed when it cannot be started or takes too long; a bad exit status is an {@link Outcome}
     */
    public Outcome run() {
        Process process = start();
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            var output = CompletableFuture.supplyAsync(() -> readAll(process.getInputStream()), readers);
            var errors = CompletableFuture.supplyAsync(() -> readAll(process.getErrorStream()), readers);
            var written = CompletableFuture.runAsync(() -> writeAll(process.getOutputStream()), readers);
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new CommandFailed(words, "took longer than " + deadline.toSeconds() + " s and was killed");
            }
            written.join();
            return new Outcome(process.exitValue(), output.join(), errors.join());
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new CommandFailed(words, "was interrupted");
        }
    }

    /** As {@link #run}, and a bad exit status is a {@link CommandFailed} with what the program said. */
    public String runOrThrow() {
        Outcome outcome = run();
        if (!outcome.succeeded()) {
            String said = outcome.errors().isBlank() ? outcome.output() : outcome.errors();
            throw new CommandFailed(words, "ended with status " + outcome.exitCode() + ": " + said.strip());
        }
        return outcome.output();
    }

    private Process start() {
        try {
            return new ProcessBuilder(words).start();
        } catch (IOException cannotStart) {
            throw new CommandFailed(words, "cannot be started: " + cannotStart.getMessage());
        }
    }

    private static String readAll(InputStream stream) {
        try (stream) {
            String text = new String(stream.readNBytes(LONGEST_OUTPUT_BYTES), StandardCharsets.UTF_8);
            stream.transferTo(OutputStream.nullOutputStream());
            return text;
        } catch (IOException ended) {
            return "";
        }
    }

    private void writeAll(OutputStream stream) {
        try (stream) {
            stream.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException ended) {
            // The program did not want its input; its exit status tells the rest.
            return;
        }
    }
}
