package io.kvorum.bench;

import java.time.Duration;

/**
 * How long a run takes.
 *
 * @param turn of the warm-up, for each member leading in turn
 * @param stretch of the warm-up's passes, each of several loads
 * @param mostPasses of the warm-up, should it not become steady
 * @param cold measured first of all
 * @param lead of each cell, unmeasured
 */
record Settings(
        int rounds,
        Duration turn,
        Duration stretch,
        int mostPasses,
        Duration cold,
        Duration lead,
        Duration length,
        Duration rest,
        Duration idle,
        int failOvers) {
    static final Settings FULL = new Settings(
            3,
            Duration.ofSeconds(8),
            Duration.ofSeconds(4),
            6,
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(4),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            10);
    static final Settings QUICK = new Settings(
            1,
            Duration.ofSeconds(4),
            Duration.ofSeconds(2),
            3,
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            3);
}
