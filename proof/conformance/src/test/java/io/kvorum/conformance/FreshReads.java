package io.kvorum.conformance;

import java.time.Duration;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Begins a read four times a second, whether those before have been answered or not, and remembers when one failed for the
 * last time. A thread of its own, and one for each read.
 */
final class FreshReads implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(250);
    /** What users give kubectl as {@code --request-timeout}. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int ENOUGH = 12;
    private static final Duration USUAL = Duration.ofSeconds(1);

    private final FreshRead read;
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread thread;
    /** When those began that have not ended. */
    private final NavigableSet<Long> under = new ConcurrentSkipListSet<>();

    private final AtomicInteger successesInARow = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicLong begun = new AtomicLong(System.nanoTime());
    private final AtomicLong lastFailure = new AtomicLong(begun.get());
    private volatile boolean isOver;

    FreshReads(FreshRead read) {
        this.read = read;
        this.thread = Thread.ofPlatform().name("fresh-reads").start(this::run);
    }

    private void run() {
        while (!isOver) {
            callers.execute(this::readOnce);
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void readOnce() {
        long at = System.nanoTime();
        under.add(at);
        boolean isSuccess = read.get("/api/v1/nodes", PATIENCE) instanceof FreshRead.Outcome.Answered answered
                && answered.isSuccess();
        under.remove(at);
        if (isSuccess) {
            successesInARow.incrementAndGet();
        } else {
            successesInARow.set(0);
            failures.incrementAndGet();
            lastFailure.set(System.nanoTime());
        }
    }

    /** Forgets what was before. */
    void begin() {
        begun.set(System.nanoTime());
        lastFailure.set(begun.get());
        successesInARow.set(0);
        failures.set(0);
    }

    /** Waits until nobody fails or waits any more. */
    void awaitCalm(Duration limit) {
        Await.until(
                "reads that succeed through " + read.address() + ":" + read.port(),
                limit,
                () -> successesInARow.get() >= ENOUGH && !isAnyLate());
    }

    private boolean isAnyLate() {
        Long first = under.ceiling(Long.MIN_VALUE);
        return first != null && System.nanoTime() - first > USUAL.toNanos();
    }

    /** From the beginning to the end of the last read that failed; zero when none did. */
    Duration untilAllWorked() {
        return Duration.ofNanos(lastFailure.get() - begun.get());
    }

    int failures() {
        return failures.get();
    }

    @Override
    public void close() {
        isOver = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        callers.shutdownNow();
        callers.close();
    }
}
