package io.kvorum.engine;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Up to which entry of the log readers can see; any thread may wait for it. */
final class AppliedIndex {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private long index;
    private boolean isStopped;

    AppliedIndex(long index) {
        this.index = index;
    }

    void moveTo(long reached) {
        lock.lock();
        try {
            index = reached;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more will be applied: nobody is to wait for it. */
    void stop() {
        lock.lock();
        try {
            isStopped = true;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isStopped() {
        lock.lock();
        try {
            return isStopped;
        } finally {
            lock.unlock();
        }
    }

    long now() {
        lock.lock();
        try {
            return index;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it was reached, in time and before the end. */
    boolean await(long wanted, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (index < wanted) {
                if (left <= 0 || isStopped) {
                    return false;
                }
                left = moved.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
