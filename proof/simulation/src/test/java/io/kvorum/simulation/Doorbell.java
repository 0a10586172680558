package io.kvorum.simulation;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * How the threads of calls tell the simulation's thread what they have come to. Bounded by the number of calls under
 * way. Any thread rings, the simulation's thread answers.
 */
final class Doorbell {
    private static final long PATIENCE_SECONDS = 20;

    private final LinkedBlockingQueue<Runnable> rings = new LinkedBlockingQueue<>();

    /** @param ring what the simulation's thread notes down */
    void ring(Runnable ring) {
        rings.add(ring);
    }

    /** Listens until something has come true that a call under way must bring about. */
    void listenUntil(String what, BooleanSupplier condition) {
        try {
            while (!condition.getAsBoolean()) {
                Runnable ring = rings.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                Violation.unless(ring != null, "every call ends", "nothing came of: %s", what);
                if (ring != null) {
                    ring.run();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting: " + what, e);
        }
    }

    /** Listens, or looks again and again, until something has come true. */
    void lookUntil(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            Violation.unless(System.nanoTime() < deadline, "every call ends", "nothing came of: %s", what);
            Runnable ring = rings.poll();
            if (ring == null) {
                LockSupport.parkNanos(10_000);
            } else {
                ring.run();
            }
        }
    }
}
