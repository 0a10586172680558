package io.kvorum.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether the store takes writes and reads. Any thread may ask and tell.
 *
 * <pre>
 *   serving <--> hampered (no room on disk: reads go on, writes are refused)
 *      |            |
 *      +------------+--> stopped (closed, or broken for good)
 * </pre>
 */
final class Health {
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable String stopReason;
    private volatile @Nullable String hamperedBy;

    void hampered(String reason) {
        hamperedBy = reason;
    }

    void recovered() {
        hamperedBy = null;
    }

    Optional<String> trouble() {
        return stopReason().or(() -> Optional.ofNullable(hamperedBy));
    }

    /** The first reason stays. */
    synchronized void stop(String reason) {
        if (stopReason == null) {
            stopReason = reason;
            stopped.countDown();
        }
    }

    boolean isStopped() {
        return stopReason != null;
    }

    Optional<String> stopReason() {
        return Optional.ofNullable(stopReason);
    }

    /** Waits for the stop; whether it came in time. */
    boolean awaitStop(Duration patience) throws InterruptedException {
        return stopped.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** @throws StoreException.Stopped when not even reads are served */
    void refuseReadsIfStopped() {
        String reason = stopReason;
        if (reason != null) {
            throw new StoreException.Stopped(reason);
        }
    }

    /** @throws StoreException.Stopped when writes are not served */
    void refuseWritesUnlessServing() {
        refuseReadsIfStopped();
        String reason = hamperedBy;
        if (reason != null) {
            throw new StoreException.Stopped(reason);
        }
    }
}
