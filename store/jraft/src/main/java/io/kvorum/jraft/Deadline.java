package io.kvorum.jraft;

import io.kvorum.raft.LogUnavailable;
import java.time.Duration;

/** A point in time that a sequence of waits shares. */
record Deadline(long nanos) {
    static final String TIME_IS_OVER = "time is over while waiting to ";

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }

    /** The same, but no later than so much from now. */
    Deadline atMost(Duration time) {
        return remaining().compareTo(time) > 0 ? in(time) : this;
    }

    boolean isOver() {
        return nanos - System.nanoTime() <= 0;
    }

    /** Waits a moment; throws when the time is over. */
    void pause(String what) {
        if (isOver()) {
            throw new LogUnavailable(TIME_IS_OVER + what);
        }
        try {
            Thread.sleep(Math.min(20, remaining().toMillis() + 1));
        } catch (InterruptedException e) {
            throw interrupted(what, e);
        }
    }

    LogUnavailable interrupted(String what, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new LogUnavailable("interrupted while waiting to " + what, e);
    }
}
