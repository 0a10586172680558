package io.kvorum.kubelet.server;

import io.kvorum.cri.logs.ContainerLog;
import io.kvorum.cri.logs.LogLine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Sends a container's log to a caller, and what is added as long as the container runs. One thread. */
final class LogStream implements ContainerLog.LineSink {
    private final LogRequest request;
    private final OutputStream out;
    private long left;
    private boolean lineBegins = true;

    private LogStream(LogRequest request, OutputStream out) {
        this.request = request;
        this.out = out;
        this.left = request.limitBytes().orElse(Long.MAX_VALUE);
    }

    static void send(Path file, LogRequest request, BooleanSupplier stillWritten, OutputStream out) throws IOException {
        if (request.limitBytes().filter(limit -> limit <= 0).isPresent()) {
            return;
        }
        try {
            new ContainerLog(file, new LogStream(request, out))
                    .read(request.tailLines(), () -> request.follow() && stillWritten.getAsBoolean());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while following a log", interrupted);
        }
        out.flush();
    }

    @Override
    public boolean take(LogLine line) throws IOException {
        if (request.since().isPresent() && !line.isSince(request.since().get())) {
            return true;
        }
        if (request.timestamps() && lineBegins) {
            write((line.time() + " ").getBytes(StandardCharsets.US_ASCII));
        }
        write(line.text().toByteArray());
        lineBegins = !line.isPartial();
        return left > 0;
    }

    @Override
    public void pause() throws IOException {
        out.flush();
    }

    private void write(byte[] bytes) throws IOException {
        int length = (int) Math.min(left, bytes.length);
        out.write(bytes, 0, length);
        left -= length;
    }
}
