package io.kvorum.jraft;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The handle of a {@link ChildMember} that serves; one thread at a time talks to it. */
final class Child implements AutoCloseable {
    private static final String GONE = "gone";

    final long id;
    private final Process process;
    private final PrintWriter in;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private int asked;

    Child(Path folder, Path keys, long id, int port, String initial, int snapshotEntries) {
        this.id = id;
        var command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djraft.log=OFF",
                "-Dsnapshot=" + snapshotEntries,
                "-cp",
                System.getProperty("java.class.path"),
                ChildMember.class.getName(),
                "serve",
                folder.toString(),
                keys.toString(),
                Long.toString(id),
                Integer.toString(port)));
        if (!initial.isEmpty()) {
            command.add(initial);
        }
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        Thread.ofVirtual().start(this::listen);
    }

    private void listen() {
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                // the virtual machine says a word on this stream too, now and then
                if (line.startsWith(ChildMember.ANSWER)) {
                    said.add(line.substring(ChildMember.ANSWER.length()));
                }
            }
        } catch (IOException _) {
            // killed
        }
        said.add(GONE);
    }

    private String answerTo(int question) {
        String number = question + " ";
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try {
            while (true) {
                String line = said.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (line == null) {
                    return "silent";
                }
                if (line.equals(GONE)) {
                    said.add(GONE);
                    return GONE;
                }
                if (line.startsWith(number)) {
                    return line.substring(number.length());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    void awaitStart() {
        String first = answerTo(0);
        if (!first.equals("started")) {
            throw new AssertionError("child %d said: %s".formatted(id, first));
        }
    }

    String ask(String line) {
        asked++;
        in.println(asked + " " + line);
        return answerTo(asked);
    }

    boolean leads() {
        return ask("lead?").equals("yes");
    }

    /** As if the machine hung: the process lives, its connections stay, nothing answers. */
    void freeze() {
        signal("STOP");
    }

    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** kill -9 */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
