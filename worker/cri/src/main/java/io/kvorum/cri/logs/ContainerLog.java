package io.kvorum.cri.logs;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A container's log on this machine, read from somewhere to its end, or followed while it is written. One thread. */
public final class ContainerLog {
    private static final Duration LOOK = Duration.ofMillis(150);
    private static final int CHUNK = 64 << 10;
    /** Runtimes write lines of 16 KB at most; what is longer is none of theirs, and its rest is left out. */
    private static final int LONGEST_LINE = 1 << 20;

    private final Path file;
    private final LineSink sink;

    public ContainerLog(Path file, LineSink sink) {
        this.file = file;
        this.sink = sink;
    }

    /** Takes what is read. */
    public interface LineSink {
        /** @return whether more is wanted */
        boolean take(LogLine line) throws IOException;

        /** Nothing more is there for now. */
        void pause() throws IOException;
    }

    /**
     * Hands over lines until the log ends and nobody writes it any more, or no more are wanted. When another file takes
     * the place of this one, which was rotated, it goes on there once this one is read to its end.
     *
     * @param lastLines as many at the end alone; empty for all
     * @param isWritten whether more may come; asked before each look
     */
    public void read(Optional<Long> lastLines, BooleanSupplier isWritten) throws IOException, InterruptedException {
        long from = lastLines.isPresent() ? LogTail.start(file, lastLines.get()) : 0;
        while (readFile(from, isWritten)) {
            from = 0;
        }
    }

    /** Whether to go on with the file that has taken this one's place. */
    private boolean readFile(long from, BooleanSupplier isWritten) throws IOException, InterruptedException {
        Optional<Object> before = identity();
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            if (!identity().equals(before)) {
                return true; // rotated just now: which one was opened is not known
            }
            channel.position(from);
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel), CHUNK);
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            while (true) {
                // asked before the file is read to its end, or what comes in between would be lost
                boolean mayGrow = isWritten.getAsBoolean();
                boolean isReplaced = identity()
                        .filter(now -> !Optional.of(now).equals(before))
                        .isPresent();
                if (!handOver(in, line)) {
                    return false;
                }
                sink.pause();
                if (isReplaced) {
                    return true;
                }
                if (!mayGrow) {
                    return false;
                }
                Thread.sleep(LOOK);
            }
        } catch (NoSuchFileException betweenTwo) {
            if (!isWritten.getAsBoolean()) {
                throw betweenTwo;
            }
            Thread.sleep(LOOK);
            return true;
        }
    }

    /** Hands over each line that is complete; false when no more are wanted. */
    private boolean handOver(InputStream in, ByteArrayOutputStream line) throws IOException {
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (line.size() < LONGEST_LINE) {
                line.write(next);
            }
            if (next == '\n') {
                Optional<LogLine> complete = LogLine.parse(line.toByteArray());
                line.reset();
                if (complete.isPresent() && !sink.take(complete.get())) {
                    return false;
                }
            }
        }
        return true;
    }

    private Optional<Object> identity() {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        } catch (IOException betweenTwo) {
            return Optional.empty();
        }
    }
}
