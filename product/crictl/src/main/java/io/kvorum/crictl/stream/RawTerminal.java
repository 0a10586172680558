package io.kvorum.crictl.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.kvorum.crictl.session.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The terminal on standard input, handing over each key as it is pressed, until closed: then it is as it was. Opened and
 * closed by one thread, also by the one that ends the process.
 */
public final class RawTerminal implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final long ANSWER_SECONDS = 5;

    /** Told of each new size. */
    interface SizeListener {
        void resized(TerminalSize size) throws IOException;
    }

    private final String before;
    private final Thread restorer = new Thread(this::restore, "terminal-restorer");
    private volatile boolean closed;

    private RawTerminal(String before) {
        this.before = before;
    }

    public static RawTerminal open() throws InterruptedException {
        String before = stty("-g").orElseThrow(() -> new Failure("input is not a terminal: leave out --tty"));
        RawTerminal terminal = new RawTerminal(before);
        Runtime.getRuntime().addShutdownHook(terminal.restorer);
        stty("raw", "-echo");
        return terminal;
    }

    /** Tells of the size now and whenever it has changed, until closed; blocks its thread. */
    void follow(SizeListener listener) {
        Optional<TerminalSize> told = Optional.empty();
        try {
            while (!closed) {
                Optional<TerminalSize> size = size();
                if (size.isPresent() && !size.equals(told)) {
                    listener.resized(size.get());
                    told = size;
                }
                Thread.sleep(LOOK);
            }
        } catch (IOException gone) {
            // the command has ended
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<TerminalSize> size() throws InterruptedException {
        return stty("size").filter(text -> text.matches("\\d+ \\d+")).map(text -> {
            String[] words = text.split(" ", 2);
            return new TerminalSize(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
        });
    }

    /** What stty answers; empty when standard input is no terminal. */
    private static Optional<String> stty(String... arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), US_ASCII).strip();
            boolean ended = process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0 ? Optional.of(answer) : Optional.empty();
        } catch (IOException noSuchProgram) {
            return Optional.empty();
        }
    }

    private void restore() {
        try {
            stty(before);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(restorer);
        } catch (IllegalStateException ending) {
            // the process is ending and restores it again, which does no harm
        }
    }
}
