package io.kvorum.scheduler;

import io.kvorum.client.Backoff;
import io.kvorum.client.ObjectKey;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Pods that wait for a node: ready ones by priority and age; failed ones until something changes that may help, yet never
 * before their back-off and never longer than five minutes. Bounded by the number of pending pods. Any thread.
 */
final class SchedulingQueue implements AutoCloseable {
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10));
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** One attempt's ticket: what had changed so far when it began. */
    record Attempt(ObjectKey key, long changes) {}

    private record Waiting(ObjectKey key, int priority, long order) {}

    private static final class Entry {
        private Waiting waiting;
        private int attempts;
        private long notBeforeNanos;
        private long notAfterNanos;
        private boolean ready = true;

        Entry(Waiting waiting) {
            this.waiting = waiting;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<ObjectKey, Entry> entries = new HashMap<>();
    private final TreeSet<Waiting> ready =
            new TreeSet<>(Comparator.<Waiting>comparingInt(pod -> -pod.priority).thenComparingLong(pod -> pod.order));
    private long order;
    private long changes;
    private boolean closed;

    /** A pending pod, new or changed: it may be tried at once. */
    void add(ObjectKey key, int priority) {
        lock.lock();
        try {
            Entry entry = entries.computeIfAbsent(key, fresh -> new Entry(new Waiting(key, priority, order++)));
            if (entry.waiting.priority != priority) {
                ready.remove(entry.waiting);
                entry.waiting = new Waiting(key, priority, entry.waiting.order);
            }
            entry.ready = true;
            ready.add(entry.waiting);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    void remove(ObjectKey key) {
        lock.lock();
        try {
            Entry entry = entries.remove(key);
            if (entry != null) {
                ready.remove(entry.waiting);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nothing fitted. If the cluster changed during the attempt it is worth another one after the back-off. */
    void failed(Attempt attempt) {
        lock.lock();
        try {
            Entry entry = entries.get(attempt.key);
            if (entry == null || ready.contains(entry.waiting)) {
                return;
            }
            entry.attempts++;
            long now = System.nanoTime();
            entry.notBeforeNanos = now + BACKOFF.after(entry.attempts).toNanos();
            entry.notAfterNanos = now + LONGEST.toNanos();
            entry.ready = attempt.changes != changes;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Something changed that may help: all that wait may be tried after their back-off. */
    void wakeAll() {
        lock.lock();
        try {
            changes++;
            entries.values().forEach(entry -> entry.ready = true);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The most important ready pod; it stays known until {@link #remove} or {@link #failed}. */
    Optional<Attempt> take(Duration wait) throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        lock.lockInterruptibly();
        try {
            while (!closed) {
                long now = System.nanoTime();
                long next = promote(now, deadline);
                Waiting first = ready.pollFirst();
                if (first != null) {
                    Entry entry = entries.get(first.key);
                    if (entry != null) {
                        entry.ready = false;
                    }
                    return Optional.of(new Attempt(first.key, changes));
                }
                if (deadline - now <= 0) {
                    return Optional.empty();
                }
                changed.await(Math.max(1, next - now), TimeUnit.NANOSECONDS);
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Moves those whose time has come to the ready ones, and gives the time of the next. */
    private long promote(long now, long deadline) {
        long next = deadline;
        for (Entry entry : entries.values()) {
            if (entry.attempts > 0 && !ready.contains(entry.waiting)) {
                long due = entry.ready ? entry.notBeforeNanos : entry.notAfterNanos;
                if (due - now <= 0) {
                    entry.ready = true;
                    ready.add(entry.waiting);
                } else if (due - next < 0) {
                    next = due;
                }
            }
        }
        return next;
    }

    int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
