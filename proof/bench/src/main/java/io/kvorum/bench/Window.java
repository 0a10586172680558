package io.kvorum.bench;

import java.time.Duration;

/** The stretch of time that is measured, in {@link System#nanoTime()}; before it the load runs unmeasured. */
record Window(long from, long until) {
    static Window in(Duration lead, Duration length) {
        long from = System.nanoTime() + lead.toNanos();
        return new Window(from, from + length.toNanos());
    }

    boolean holds(long instant) {
        return instant - from >= 0 && instant - until < 0;
    }

    boolean isOver(long instant) {
        return instant - until >= 0;
    }

    void awaitStart() {
        Patience.pause(Duration.ofNanos(from - System.nanoTime()));
    }

    void awaitEnd() {
        Patience.pause(Duration.ofNanos(until - System.nanoTime()));
    }

    double seconds() {
        return (until - from) / 1e9;
    }
}
