package io.kvorum.bench;

import java.time.Duration;

/**
 * How long a run takes.
 *
 * @param warmUp with each member leading in turn, before anything is measured
 * @param lead of each cell, unmeasured
 */
record Settings(
        int rounds, Duration warmUp, Duration lead, Duration length, Duration rest, Duration idle, int failOvers) {
    static final Settings FULL = new Settings(
            3,
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(4),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            10);
    static final Settings QUICK = new Settings(
            1,
            Duration.ofSeconds(5),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            3);
}
