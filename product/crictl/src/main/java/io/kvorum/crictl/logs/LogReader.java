package io.kvorum.crictl.logs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.kvorum.cri.logs.ContainerLog;
import io.kvorum.cri.logs.LogLine;
import io.kvorum.cri.logs.LogSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Prints a container's log, and what is added to it while the container runs. One thread. */
public final class LogReader implements ContainerLog.LineSink {
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
        if (left > 0) {
            new ContainerLog(file, this).read(wish.tailLines(), () -> wish.follow() && stillWritten.getAsBoolean());
        }
        pause();
    }

    @Override
    public boolean take(LogLine line) throws IOException {
        if ((wish.since().isPresent() && !line.isSince(wish.since().get()))
                || (wish.only().isPresent() && wish.only().get() != line.source())) {
            return true;
        }
        OutputStream to = line.source() == LogSource.STDOUT ? out : err;
        if (wish.timestamps()) {
            write(to, (line.time() + " ").getBytes(US_ASCII));
        }
        write(to, line.text().toByteArray());
        return left > 0;
    }

    private void write(OutputStream to, byte[] bytes) throws IOException {
        int length = (int) Math.min(left, bytes.length);
        to.write(bytes, 0, length);
        left -= length;
    }

    @Override
    public void pause() throws IOException {
        out.flush();
        err.flush();
    }
}
