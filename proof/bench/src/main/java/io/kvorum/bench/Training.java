package io.kvorum.bench;

import java.time.Duration;

/**
 * Loads three of our members so that the JVM of the first one keeps what it learned as a leader and as a follower. What
 * it has not compiled for good by then has to be learned again after every start. One thread.
 */
final class Training {
    private static final Duration AS_FOLLOWER = Duration.ofSeconds(30);
    private static final Duration READING = Duration.ofSeconds(10);
    /** The JVM writes its cache after it ended, by a second JVM. */
    private static final Duration WRITING = Duration.ofMinutes(3);

    private final Cluster cluster;
    private final Wires wires;

    Training(Cluster cluster, Wires wires) {
        this.cluster = cluster;
        this.wires = wires;
    }

    void run(Settings settings) {
        cluster.start();
        cluster.lead(Arena.LEADER);
        try (Wires.Bundle bundle = wires.open(cluster.seat(Arena.LEADER), 8)) {
            new Preload(bundle).run();
        }
        new WarmUp(cluster, wires, settings).whole();
        cluster.lead(Arena.LEADER + 1);
        load(Workloads::puts, AS_FOLLOWER);
        load(Workloads::everything, READING);
        cluster.end(Arena.LEADER, WRITING);
    }

    private void load(Workload workload, Duration length) {
        try (Wires.Bundle bundle = wires.open(cluster.seat(Arena.LEADER), 8)) {
            var _ = ClosedLoop.run(workload, 64, bundle, Duration.ZERO, length, () -> "training");
        }
    }
}
