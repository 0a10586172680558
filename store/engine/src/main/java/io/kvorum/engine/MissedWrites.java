package io.kvorum.engine;

import io.kvorum.backend.AppliedPosition;
import io.kvorum.backend.Backend;
import io.kvorum.backend.WriteBatch;
import java.util.ArrayDeque;

/**
 * What is written to a file while it is being copied, to be written to the copy again. The copy may have some of it
 * already; since it is written again in order, that changes nothing. Bounded: too much of it ends the copying.
 */
final class MissedWrites {
    private static final long MOST_BYTES = 128 << 20;
    /** Left for the end, when writers wait. */
    private static final int FEW = 16;

    private final ArrayDeque<Missed> waiting = new ArrayDeque<>();
    private long bytes;

    private record Missed(WriteBatch batch, long bytes, AppliedPosition applied) {}

    synchronized void add(WriteBatch batch, long batchBytes, AppliedPosition applied) {
        bytes += batchBytes;
        if (bytes > MOST_BYTES) {
            waiting.clear();
        } else {
            waiting.add(new Missed(batch, batchBytes, applied));
        }
    }

    /** While writers go on. */
    void catchUp(Backend copy) {
        while (size() > FEW) {
            writeFirst(copy);
        }
    }

    /** While writers wait. */
    void finish(Backend copy) {
        while (size() > 0) {
            writeFirst(copy);
        }
    }

    private synchronized int size() {
        if (bytes > MOST_BYTES) {
            throw new StoreException.Busy();
        }
        return waiting.size();
    }

    private void writeFirst(Backend copy) {
        Missed missed;
        synchronized (this) {
            missed = waiting.removeFirst();
            bytes -= missed.bytes();
        }
        copy.commit(missed.batch(), missed.applied());
    }
}
