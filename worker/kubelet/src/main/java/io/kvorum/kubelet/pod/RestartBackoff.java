package io.kvorum.kubelet.pod;

import java.time.Duration;

/** How long a container that ended waits before it is started again: at once, 10 s, 20 s, ... 5 min. Pure. */
final class RestartBackoff {
    static final Duration FIRST = Duration.ofSeconds(10);
    static final Duration LONGEST = Duration.ofMinutes(5);
    /** A container that ran this long is forgiven. */
    private static final Duration HEALTHY = Duration.ofMinutes(10);

    private RestartBackoff() {}

    /** The wait after this end; a restarted agent that remembers nothing guesses from the number of attempts. */
    static Duration before(ObservedContainer ended, ContainerNote note) {
        if (Duration.between(ended.startedAt(), ended.finishedAt()).compareTo(HEALTHY) >= 0) {
            return Duration.ZERO;
        }
        return note.backoff().orElseGet(() -> guess(ended.attempt()));
    }

    static Duration after(Duration used) {
        if (used.isZero()) {
            return FIRST;
        }
        Duration doubled = used.multipliedBy(2);
        return doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    }

    private static Duration guess(int attempt) {
        Duration wait = Duration.ZERO;
        for (int i = 0; i < Math.min(attempt, 10); i++) {
            wait = after(wait);
        }
        return wait;
    }
}
