package io.kvorum.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;

/** The body of one response of Jetty, gathered into few frames; for the thread that answers. */
final class ResponseBody extends OutputStream {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final Response response;
    private final Callback callback;
    private byte[] buffer = new byte[512];
    private int filled;
    private boolean isClosed;

    ResponseBody(Response response, Callback callback) {
        this.response = response;
        this.callback = callback;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (isClosed) {
            throw new IOException("the response has been closed");
        }
        if (filled + length > BUFFER_BYTES) {
            push(false);
        }
        if (length >= BUFFER_BYTES) {
            send(false, ByteBuffer.wrap(source, offset, length));
        } else {
            makeRoom(filled + length);
            System.arraycopy(source, offset, buffer, filled, length);
            filled += length;
        }
    }

    @Override
    public void flush() throws IOException {
        if (!isClosed) {
            push(false);
        }
    }

    @Override
    public void close() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        push(true);
        callback.succeeded();
    }

    /** Grows in steps: most answers and watch events are small, and there may be a thousand watches. */
    private void makeRoom(int wanted) {
        if (wanted > buffer.length) {
            byte[] larger = new byte[Math.min(BUFFER_BYTES, Math.max(wanted, buffer.length * 4))];
            System.arraycopy(buffer, 0, larger, 0, filled);
            buffer = larger;
        }
    }

    private void push(boolean isLast) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, filled);
        filled = 0;
        send(isLast, bytes);
    }

    private void send(boolean isLast, ByteBuffer bytes) throws IOException {
        try (Blocker.Callback written = Blocker.callback()) {
            response.write(isLast, bytes, written);
            written.block();
        }
    }
}
