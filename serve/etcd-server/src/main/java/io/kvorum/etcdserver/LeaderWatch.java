package io.kvorum.etcdserver;

import io.kvorum.raft.Leadership;
import io.kvorum.raft.MemberId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks after who leads: counts the changes, and cuts the streams of callers who want a leader once there has been none
 * for as long as an election and two repetitions of it take. Any thread may ask; it looks from a thread of its own.
 */
final class LeaderWatch implements AutoCloseable {
    /** A stream that wants a leader. */
    interface Stream {
        void cut();
    }

    private final Supplier<Leadership> leadership;
    private final Duration every;
    private final int patience;
    private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicLong changes = new AtomicLong();

    /** @param patience how many looks without a leader there may be in a row */
    LeaderWatch(Supplier<Leadership> leadership, Duration every, int patience) {
        this.leadership = leadership;
        this.every = every;
        this.patience = patience;
    }

    void start() {
        Thread.ofVirtual().name("etcd-leader").start(this::look);
    }

    private void look() {
        @Nullable MemberId before = null;
        int without = 0;
        try {
            do {
                MemberId now = leadership.get().leader();
                if (now != null && !now.equals(before)) {
                    changes.incrementAndGet();
                    before = now;
                }
                without = now == null ? without + 1 : 0;
                if (without >= patience) {
                    without = 0;
                    streams.forEach(Stream::cut);
                }
            } while (!closed.await(every.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean hasLeader() {
        return leadership.get().leader() != null;
    }

    void add(Stream stream) {
        streams.add(stream);
    }

    void remove(Stream stream) {
        streams.remove(stream);
    }

    long changes() {
        return changes.get();
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
