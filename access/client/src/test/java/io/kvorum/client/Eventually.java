package io.kvorum.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Waits for a claim to become true. */
public final class Eventually {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Eventually() {}

    /** Tries the claim until it passes; after 20 s its last failure is the test's. */
    public static void eventually(ThrowingCallable claim) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                claim.call();
                return;
            } catch (Throwable e) { // any failure of the claim counts, assertion or not
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError("not true within " + PATIENCE + ": " + e.getMessage(), e);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }
}
