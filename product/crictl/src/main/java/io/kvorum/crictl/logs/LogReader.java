package io.kvorum.crictl.logs;

import io.kvorum.cri.LogTail;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Prints a container's log, and what is added to it while the container runs. One thread. */
public final class LogReader {
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int CHUNK = 64 << 10;

    private final Path file;
    private final LogWish wish;
    private final OutputStream out;
    private final OutputStream err;
    private long left;

    public LogReader(Path file, LogWish wish, OutputStream out, OutputStream err) {
        this.file = file;
        this.wish = wish;
        this.out = out;
        this.err = err;
        this.left = wish.limitBytes().orElse(Long.MAX_VALUE);
    }

    /** @param stillWritten whether the container runs; asked only to follow */
    public void print(BooleanSupplier stillWritten) throws IOException, InterruptedException {
        long from = wish.tailLines().isPresent()
                ? LogTail.start(file, wish.tailLines().get())
                : 0;
        // another file takes the place of one that was rotated
        while (!printFile(from, stillWritten)) {
            from = 0;
        }
    }

    /** Prints one file to its end; false when another has taken its place. */
    private boolean printFile(long from, BooleanSupplier stillWritten) throws IOException, InterruptedException {
        Optional<Object> identity = identity();
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "r")) {
            opened.seek(from);
            InputStream in = new BufferedInputStream(Channels.newInputStream(opened.getChannel()), CHUNK);
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            while (left > 0) {
                boolean running = wish.follow() && stillWritten.getAsBoolean();
                boolean replaced =
                        running && identity().isPresent() && !identity().equals(identity);
                printComplete(in, line);
                if (!running) {
                    return true;
                }
                if (replaced) {
                    return false;
                }
                Thread.sleep(LOOK);
            }
            return true;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private void printComplete(InputStream in, ByteArrayOutputStream line) throws IOException {
        for (int next = in.read(); next >= 0 && left > 0; next = in.read()) {
            line.write(next);
            if (next == '\n') {
                printLine(line.toByteArray());
                line.reset();
            }
        }
        out.flush();
        err.flush();
    }

    private void printLine(byte[] line) throws IOException {
        LogEntry entry = LogEntry.parse(line).orElse(null);
        if (entry == null
                || (wish.since().isPresent() && !entry.isSince(wish.since().get()))
                || (wish.only().isPresent() && wish.only().get() != entry.source())) {
            return;
        }
        left -= entry.writeTo(entry.source() == LogSource.STDOUT ? out : err, wish.timestamps(), left);
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
