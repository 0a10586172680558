package io.kvorum.kubelet.server;

import io.kvorum.cri.LogTail;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Sends a container's log to a caller, and what is added as long as the container runs. One thread. */
final class LogStream {
    private static final Duration LOOK = Duration.ofMillis(150);
    private static final int CHUNK = 64 << 10;

    private final Path file;
    private final LogRequest request;
    private final BooleanSupplier stillWritten;
    private long left;
    private boolean lineBegins = true;

    LogStream(Path file, LogRequest request, BooleanSupplier stillWritten) {
        this.file = file;
        this.request = request;
        this.stillWritten = stillWritten;
        this.left = request.limitBytes().orElse(Long.MAX_VALUE);
    }

    void send(OutputStream out) throws IOException {
        long from = request.tailLines().isPresent()
                ? LogTail.start(file, request.tailLines().get())
                : 0;
        while (true) {
            Object identity = Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class)
                    .fileKey();
            boolean over = sendFile(out, from, identity);
            if (over || left <= 0) {
                out.flush();
                return;
            }
            from = 0; // the log was rotated: go on with the new file
        }
    }

    /** Sends one file to its end; false when another file has taken its place. */
    private boolean sendFile(OutputStream out, long from, Object identity) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "r")) {
            opened.seek(from);
            InputStream in = new BufferedInputStream(Channels.newInputStream(opened.getChannel()), CHUNK);
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            while (left > 0) {
                boolean written = request.follow() && stillWritten.getAsBoolean();
                while (left > 0 && readLine(in, line)) {
                    sendLine(out, line);
                    line.reset();
                }
                out.flush();
                if (!request.follow() || !written) {
                    return true;
                }
                if (isReplaced(identity)) {
                    return false;
                }
                pause();
            }
            return true;
        }
    }

    private boolean isReplaced(Object identity) {
        try {
            return !identity.equals(Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class)
                    .fileKey());
        } catch (IOException betweenTwo) {
            return false;
        }
    }

    /** Appends up to and with the next line break; false if it has not been written yet. */
    private static boolean readLine(InputStream in, ByteArrayOutputStream line) throws IOException {
        for (int next = in.read(); next >= 0; next = in.read()) {
            line.write(next);
            if (next == '\n') {
                return true;
            }
        }
        return false;
    }

    private void sendLine(OutputStream out, ByteArrayOutputStream raw) throws IOException {
        LogLine line = LogLine.parse(raw.toByteArray(), raw.size()).orElse(null);
        if (line == null
                || (request.since().isPresent() && !line.isSince(request.since().get()))) {
            return;
        }
        if (request.timestamps() && lineBegins) {
            write(out, (line.time() + " ").getBytes(StandardCharsets.US_ASCII));
        }
        write(out, line.text().toByteArray());
        lineBegins = !line.partial();
    }

    private void write(OutputStream out, byte[] bytes) throws IOException {
        int length = (int) Math.min(left, bytes.length);
        out.write(bytes, 0, length);
        left -= length;
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while following a log", interrupted);
        }
    }
}
