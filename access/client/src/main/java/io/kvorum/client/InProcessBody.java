package io.kvorum.client;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One answer's bytes on their way to fabric8: {@link #pump} reads on its own virtual thread, one piece per
 * {@link #consume}; the other methods may be called from any thread.
 */
final class InProcessBody implements AsyncBody {
    private static final Logger LOG = LoggerFactory.getLogger(InProcessBody.class);
    private static final int PIECE_BYTES = 16 * 1024;

    private final InputStream source;
    private final Consumer<List<ByteBuffer>> sink;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Semaphore demand = new Semaphore(0);

    InProcessBody(InputStream source, Consumer<List<ByteBuffer>> sink) {
        this.source = source;
        this.sink = sink;
    }

    @Override
    public void consume() {
        demand.release();
    }

    @Override
    public CompletableFuture<Void> done() {
        return done;
    }

    @Override
    public void cancel() {
        if (done.cancel(false)) {
            demand.release();
            closeSource();
        }
    }

    /** Runs until the source ends, breaks or is cancelled; a waiting pump ends with {@link #cancel}. */
    void pump() {
        byte[] buffer = new byte[PIECE_BYTES];
        try (source) {
            while (!done.isDone()) {
                demand.acquire();
                int read = done.isDone() ? -1 : source.read(buffer);
                if (read < 0) {
                    done.complete(null);
                } else {
                    sink.consume(List.of(ByteBuffer.wrap(Arrays.copyOf(buffer, read))), this);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            done.completeExceptionally(e);
        } catch (Exception e) { // a consumer may throw anything; it is handed to whoever waits for the end
            done.completeExceptionally(e);
        }
    }

    private void closeSource() {
        try {
            source.close();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("closing a cancelled answer failed");
        }
    }
}
