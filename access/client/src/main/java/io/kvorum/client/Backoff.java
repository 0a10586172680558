package io.kvorum.client;

import java.time.Duration;

/** Doubling waits between two bounds; the first failure waits {@code first}. */
public record Backoff(Duration first, Duration most) {
    /** What every controller of the field waits after a failure. */
    public static final Backoff CONTROLLER = new Backoff(Duration.ofMillis(5), Duration.ofSeconds(1000));

    public Duration after(int failures) {
        if (failures <= 0) {
            return Duration.ZERO;
        }
        int doublings = Math.min(failures - 1, 40);
        double millis = first.toNanos() / 1e6 * Math.pow(2, doublings);
        return millis >= most.toMillis() ? most : Duration.ofNanos((long) (millis * 1e6));
    }
}
