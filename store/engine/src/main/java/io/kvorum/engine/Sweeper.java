package io.kvorum.engine;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes compacted history in small steps beside the applied batches, on a thread of its own. */
final class Sweeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
    private static final int ENTRIES_A_STEP = 1000;
    private static final long IDLE_SECONDS = 60;

    /** Leaves the disk to the writers between two steps, as etcd does. */
    private static final long PAUSE_MILLIS = 10;

    private final ReplicaSeat seat;
    private final Committer committer;
    private final Semaphore wakes = new Semaphore(0);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    Sweeper(ReplicaSeat seat, Committer committer) {
        this.seat = seat;
        this.committer = committer;
        this.thread = Thread.ofPlatform().daemon().name("store-sweeper").start(this::run);
    }

    void wake() {
        wakes.release();
    }

    private void run() {
        try {
            while (closed.getCount() > 0) {
                sweepAll();
                boolean isWoken = wakes.tryAcquire(IDLE_SECONDS, TimeUnit.SECONDS);
                if (isWoken) {
                    wakes.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A failed step is tried again at the next wake; the writer meets the same trouble and reports it. */
    private void sweepAll() throws InterruptedException {
        try {
            boolean[] goesOn = {true};
            boolean isClosed = false;
            boolean[] hasChanged = {false};
            while (goesOn[0] && !isClosed) {
                Replica replica = seat.current();
                committer.makeRoom(replica);
                replica.write(pen -> {
                    hasChanged[0] |= pen.sweep(ENTRIES_A_STEP);
                    goesOn[0] = pen.hasToSweep();
                });
                if (hasChanged[0] && !goesOn[0]) {
                    committer.swept();
                }
                isClosed = closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).log("removing compacted history was interrupted");
        }
    }

    /** Waits until nothing compacted is left, or the time is up. */
    void awaitIdle(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean[] isBusy = {true};
        try {
            while (isBusy[0] && System.nanoTime() < deadline && !closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                seat.current().write(pen -> isBusy[0] = pen.hasToSweep());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        wakes.release();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
