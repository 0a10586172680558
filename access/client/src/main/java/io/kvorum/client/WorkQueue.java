package io.kvorum.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keys that want work, each at most once: a key added while it is worked on comes back afterwards, a failed one after a
 * growing wait. Bounded by the number of distinct keys, which is the number of objects. Safe from any thread; time is
 * monotonic.
 */
public final class WorkQueue<K extends Comparable<K>> implements AutoCloseable {
    private record Delayed<K>(long atNanos, long order, K key) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Backoff backoff;
    private final Set<K> ready = new LinkedHashSet<>();
    private final ArrayDeque<K> order = new ArrayDeque<>();
    private final Set<K> working = new HashSet<>();
    private final Set<K> dirty = new LinkedHashSet<>();
    private final Map<K, Long> dueNanos = new HashMap<>();
    private final PriorityQueue<Delayed<K>> delayed = new PriorityQueue<>(
            Comparator.<Delayed<K>>comparingLong(d -> d.atNanos).thenComparingLong(d -> d.order));
    private final Map<K, Integer> failures = new HashMap<>();
    private long counter;
    private boolean closed;

    public WorkQueue(Backoff backoff) {
        this.backoff = backoff;
    }

    /** Asks for work on the key as soon as a worker is free. */
    public void add(K key) {
        lock.lock();
        try {
            addLocked(key);
        } finally {
            lock.unlock();
        }
    }

    /** Asks for work on the key after a while; of several such wishes the earliest counts. */
    public void addAfter(K key, Duration delay) {
        if (delay.isZero() || delay.isNegative()) {
            add(key);
            return;
        }
        lock.lock();
        try {
            long at = System.nanoTime() + delay.toNanos();
            Long earlier = dueNanos.get(key);
            if (!closed && (earlier == null || at - earlier < 0)) {
                dueNanos.put(key, at);
                delayed.add(new Delayed<>(at, counter++, key));
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Asks for work after the key's own growing wait; returns how often in a row it has failed. */
    public int addFailed(K key) {
        int count;
        lock.lock();
        try {
            count = failures.merge(key, 1, Integer::sum);
        } finally {
            lock.unlock();
        }
        addAfter(key, backoff.after(count));
        return count;
    }

    /** The key's work went well: its next failure waits briefly again. */
    public void forgetFailures(K key) {
        lock.lock();
        try {
            failures.remove(key);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next key and marks it as worked on; empty at the deadline or when closed. */
    public Optional<K> take(Duration wait) throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        lock.lockInterruptibly();
        try {
            while (!closed) {
                long now = System.nanoTime();
                promote(now);
                K next = order.poll();
                if (next != null) {
                    ready.remove(next);
                    working.add(next);
                    return Optional.of(next);
                }
                long until = delayed.isEmpty() ? deadline : min(deadline, delayed.element().atNanos);
                if (deadline - now <= 0) {
                    return Optional.empty();
                }
                changed.await(Math.max(1, until - now), TimeUnit.NANOSECONDS);
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the work on a key that {@link #take} gave; one that was added meanwhile is ready again. */
    public void done(K key) {
        lock.lock();
        try {
            working.remove(key);
            if (dirty.remove(key)) {
                addLocked(key);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many keys are ready. */
    public int depth() {
        lock.lock();
        try {
            return order.size();
        } finally {
            lock.unlock();
        }
    }

    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
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

    private void addLocked(K key) {
        if (closed) {
            return;
        }
        if (working.contains(key)) {
            dirty.add(key);
        } else if (ready.add(key)) {
            order.add(key);
            changed.signal();
        }
    }

    private void promote(long now) {
        while (!delayed.isEmpty() && delayed.element().atNanos - now <= 0) {
            Delayed<K> due = delayed.remove();
            Long wanted = dueNanos.get(due.key);
            if (wanted != null && wanted == due.atNanos) {
                dueNanos.remove(due.key);
                addLocked(due.key);
            }
        }
    }

    private static long min(long one, long other) {
        return one - other <= 0 ? one : other;
    }
}
