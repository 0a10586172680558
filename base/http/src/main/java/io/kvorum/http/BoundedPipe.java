package io.kvorum.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bytes from one writing to one reading thread through a ring of fixed size. A full ring makes the writer wait, at most
 * for the stall limit; the reader waits for as long as the writer keeps its end open.
 */
final class BoundedPipe {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final byte[] ring;
    private final Duration stallLimit;
    private final Runnable onAbandoned;
    private int start;
    private int filled;
    private boolean isEnded;
    private boolean isAbandoned;
    private @Nullable IOException failure;

    /** @param onAbandoned called once, without any lock, when the reader closes before the writer has ended */
    BoundedPipe(int capacityBytes, Duration stallLimit, Runnable onAbandoned) {
        this.ring = new byte[capacityBytes];
        this.stallLimit = stallLimit;
        this.onAbandoned = onAbandoned;
    }

    InputStream reader() {
        return new Reader();
    }

    OutputStream writer() {
        return new Writer();
    }

    /** The writer has written everything. */
    void end() {
        lock.lock();
        try {
            isEnded = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The writer failed: the reader gets what was written, then this failure. Does nothing after a proper end. */
    void fail(IOException cause) {
        lock.lock();
        try {
            if (!isEnded) {
                failure = cause;
                isEnded = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private final class Reader extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            lock.lock();
            try {
                awaitBytes();
                if (filled == 0) {
                    return endOrThrow();
                }
                int count = Math.min(Math.min(length, filled), ring.length - start);
                System.arraycopy(ring, start, target, offset, count);
                start = (start + count) % ring.length;
                filled -= count;
                changed.signalAll();
                return count;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public int available() {
            lock.lock();
            try {
                return filled;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            boolean abandons;
            lock.lock();
            try {
                abandons = !isEnded && !isAbandoned;
                isAbandoned = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            if (abandons) {
                onAbandoned.run();
            }
        }

        private void awaitBytes() throws IOException {
            while (filled == 0 && !isEnded && !isAbandoned) {
                try {
                    changed.await();
                } catch (InterruptedException e) {
                    throw interrupted("reading a response");
                }
            }
            if (isAbandoned) {
                throw new IOException("the response was closed by its reader");
            }
        }

        private int endOrThrow() throws IOException {
            if (failure != null) {
                throw new IOException(failure.getMessage(), failure);
            }
            return -1;
        }
    }

    private final class Writer extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, source.length);
            int written = 0;
            lock.lock();
            try {
                while (written < length) {
                    awaitRoom();
                    int end = (start + filled) % ring.length;
                    int count = Math.min(Math.min(length - written, ring.length - filled), ring.length - end);
                    System.arraycopy(source, offset + written, ring, end, count);
                    filled += count;
                    written += count;
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            end();
        }

        private void awaitRoom() throws IOException {
            long nanosLeft = stallLimit.toNanos();
            while (filled == ring.length && !isAbandoned && !isEnded) {
                if (nanosLeft <= 0) {
                    throw new IOException("the reader took nothing for " + stallLimit + "; the response is given up");
                }
                try {
                    nanosLeft = changed.awaitNanos(nanosLeft);
                } catch (InterruptedException e) {
                    throw interrupted("writing a response");
                }
            }
            if (isAbandoned || isEnded) {
                throw new IOException("the response is closed; nobody reads it any more");
            }
        }
    }

    private static InterruptedIOException interrupted(String doing) {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while " + doing);
    }
}
