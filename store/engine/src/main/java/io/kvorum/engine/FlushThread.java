package io.kvorum.engine;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Flushes a fixed time after the first change that waits, on a thread of its own that sleeps while none does. */
final class FlushThread implements FlushSchedule {
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

    private final Duration delay;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("store-flush").factory());

    FlushThread(Duration delay) {
        this.delay = delay;
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void due(Runnable flush) {
        schedule(flush, delay);
    }

    private void schedule(Runnable flush, Duration after) {
        // At most three wait, so the queue is bounded; once it is closed, nothing more is to be applied.
        if (!thread.isShutdown()) {
            thread.schedule(flush, after.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void plenty(Runnable flush) {
        schedule(flush, Duration.ZERO);
    }

    @Override
    public void swept(Runnable flush) {
        due(flush);
    }

    @Override
    public void close(Runnable flush) {
        thread.shutdown();
        try {
            if (thread.awaitTermination(CLOSE_PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                flush.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
