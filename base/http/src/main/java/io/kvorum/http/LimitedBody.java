package io.kvorum.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A request's body that refuses to give more than its door's limit; for the one thread that handles the request. */
final class LimitedBody extends FilterInputStream {
    private final long limitBytes;
    private long readBytes;

    LimitedBody(InputStream body, long limitBytes) {
        super(body);
        this.limitBytes = limitBytes;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        if (value >= 0) {
            count(1);
        }
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        if (count > 0) {
            count(count);
        }
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = super.skip(count);
        count(skipped);
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void count(long bytes) throws BodyTooLarge {
        readBytes += bytes;
        if (readBytes > limitBytes) {
            throw new BodyTooLarge(limitBytes);
        }
    }
}
