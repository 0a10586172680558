package io.kvorum.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A member's process on its host. One thread at a time. */
final class MemberProcess {
    private static final long EXIT_SECONDS = 20;

    private final Process process;
    private boolean wasEnded;

    private MemberProcess(Process process) {
        this.process = process;
    }

    static MemberProcess start(List<String> command, Path log) {
        try {
            return new MemberProcess(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.getFirst(), e);
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Whether it was us who ended it. */
    boolean wasEnded() {
        return wasEnded;
    }

    int exitCode() {
        return process.exitValue();
    }

    /** kill -9, and it is gone when this returns. */
    void kill() {
        wasEnded = true;
        signal("KILL");
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGTERM, and it is gone when this returns. */
    void stop() {
        wasEnded = true;
        signal("TERM");
        if (!awaitExit()) {
            kill();
        }
    }

    private boolean awaitExit() {
        try {
            return process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a member ends", e);
        }
    }

    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    /** To the member itself: entering a host's process numbers takes a process in between. */
    private void signal(String name) {
        ProcessHandle last = process.toHandle();
        for (Optional<ProcessHandle> child = child(last); child.isPresent(); child = child(last)) {
            last = child.get();
        }
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(last.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while signalling a member", e);
        }
    }

    private static Optional<ProcessHandle> child(ProcessHandle parent) {
        return parent.children().findFirst();
    }
}
