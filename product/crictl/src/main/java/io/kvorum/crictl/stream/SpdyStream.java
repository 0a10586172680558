package io.kvorum.crictl.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One stream of a connection: sent on by one thread, read by its sink, awaited by any. */
final class SpdyStream {
    private final SpdyConnection connection;
    private final int id;
    private final StreamSink sink;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean over = new AtomicBoolean();

    SpdyStream(SpdyConnection connection, int id, StreamSink sink) {
        this.connection = connection;
        this.id = id;
        this.sink = sink;
    }

    void send(byte[] bytes, int length) throws IOException {
        connection.data(id, bytes, length, false);
    }

    /** Ends our direction: the other side reads the end of its input. */
    void finish() throws IOException {
        connection.data(id, new byte[0], 0, true);
    }

    void reset() throws IOException {
        connection.reset(id);
    }

    void received(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            return;
        }
        try {
            sink.accept(ByteBufUtil.getBytes(bytes));
        } catch (IOException nobodyReads) {
            over();
        }
    }

    void over() {
        if (over.compareAndSet(false, true)) {
            sink.end();
            ended.countDown();
        }
    }

    /** Whether the other side has ended its direction within that time. */
    boolean awaitEnd(long time, TimeUnit unit) throws InterruptedException {
        return ended.await(time, unit);
    }
}
