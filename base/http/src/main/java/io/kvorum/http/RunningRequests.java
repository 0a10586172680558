package io.kvorum.http;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The threads that answer requests now, and the gate that closes before a stop; any thread. */
final class RunningRequests {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private final Set<Thread> threads = new LinkedHashSet<>();
    private boolean isClosed;

    /** @return false when the gate is closed */
    boolean enter(Thread thread) {
        lock.lock();
        try {
            return !isClosed && threads.add(thread);
        } finally {
            lock.unlock();
        }
    }

    void leave(Thread thread) {
        lock.lock();
        try {
            threads.remove(thread);
            if (threads.isEmpty()) {
                none.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    void closeGate() {
        lock.lock();
        try {
            isClosed = true;
        } finally {
            lock.unlock();
        }
    }

    void interruptAll() {
        lock.lock();
        try {
            threads.forEach(Thread::interrupt);
        } finally {
            lock.unlock();
        }
    }

    /** @return whether none was left before the deadline (and before an interrupt) */
    boolean awaitNone(Duration deadline) {
        long nanosLeft = deadline.toNanos();
        lock.lock();
        try {
            while (!threads.isEmpty() && nanosLeft > 0) {
                nanosLeft = none.awaitNanos(nanosLeft);
            }
            return threads.isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
