package io.kvorum.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.BufferUtil;

/**
 * The raw bytes of a connection after 101, those sent right behind the request included. One thread reads, one writes,
 * any closes.
 */
final class RawConnection extends AbstractConnection implements Connection.UpgradeTo {
    private static final Duration OPEN_DEADLINE = Duration.ofSeconds(30);
    /** Upstream's limit for an exec session in which nothing moves. */
    private static final Duration IDLE_TIMEOUT = Duration.ofHours(4);

    private static final int BUFFER_BYTES = 16 * 1024;

    private final CountDownLatch opened = new CountDownLatch(1);
    /** In Jetty's reading mode: what lies between position and limit has not been read yet. */
    private final ByteBuffer received = BufferUtil.allocate(BUFFER_BYTES);

    private ByteBuffer behindRequest = BufferUtil.EMPTY_BUFFER;

    RawConnection(EndPoint endPoint, Executor executor) {
        super(endPoint, executor);
    }

    @Override
    public void onUpgradeTo(ByteBuffer buffer) {
        behindRequest = BufferUtil.copy(buffer);
    }

    @Override
    public void onOpen() {
        super.onOpen();
        getEndPoint().setIdleTimeout(IDLE_TIMEOUT.toMillis());
        opened.countDown();
    }

    @Override
    public void onFillable() {
        throw new IllegalStateException("reads wait for themselves");
    }

    @Override
    public boolean onIdleExpired(java.util.concurrent.TimeoutException timeout) {
        close();
        return false;
    }

    void awaitOpen() throws IOException {
        try {
            if (!opened.await(OPEN_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                close();
                throw new IOException("the answer 101 could not be sent within " + OPEN_DEADLINE);
            }
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while upgrading a connection");
        }
    }

    Exchange.Duplex duplex() {
        InputStream input = new Input();
        OutputStream output = new Output();
        return new Exchange.Duplex() {
            @Override
            public InputStream input() {
                return input;
            }

            @Override
            public OutputStream output() {
                return output;
            }

            @Override
            public void close() {
                RawConnection.this.close();
            }
        };
    }

    private int receive(byte[] target, int offset, int length) throws IOException {
        ByteBuffer source = behindRequest.hasRemaining() ? behindRequest : received;
        while (!source.hasRemaining()) {
            BufferUtil.clear(received);
            int filled = getEndPoint().fill(received);
            if (filled < 0) {
                return -1;
            }
            if (filled == 0) {
                awaitFillable();
            }
        }
        int count = Math.min(length, source.remaining());
        source.get(target, offset, count);
        return count;
    }

    private void awaitFillable() throws IOException {
        try (Blocker.Callback fillable = Blocker.callback()) {
            getEndPoint().fillInterested(fillable);
            fillable.block();
        }
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            return length == 0 ? 0 : receive(target, offset, length);
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            try (Blocker.Callback written = Blocker.callback()) {
                getEndPoint().write(written, ByteBuffer.wrap(source, offset, length));
                written.block();
            }
        }

        @Override
        public void close() {
            getEndPoint().shutdownOutput();
        }
    }
}
