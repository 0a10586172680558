package io.kvorum.conformance;

import java.time.Duration;
import java.util.List;

/** Writes a growing number all the time, by whichever server answers, and notes how long nobody did. A thread of its own. */
final class SteadyWriter implements AutoCloseable {
    private final ServerCluster cluster;
    private final List<String> hosts;
    private final Thread thread;
    private volatile boolean isOver;
    private volatile long acknowledged;
    private volatile Duration longestGap = Duration.ZERO;

    SteadyWriter(ServerCluster cluster, List<String> hosts) {
        this.cluster = cluster;
        this.hosts = List.copyOf(hosts);
        cluster.kubectl(hosts.getFirst(), "create", "configmap", "steady", "--from-literal=n=0");
        this.thread = Thread.ofPlatform().name("steady-writer").start(this::run);
    }

    private void run() {
        long last = System.nanoTime();
        for (long n = 1; !isOver; n++) {
            String host = hosts.get((int) (n % hosts.size()));
            String patch = "{\"data\":{\"n\":\"" + n + "\"}}";
            if (cluster.tryKubectl(host, "patch", "configmap", "steady", "--type=merge", "-p", patch)
                            .exitCode()
                    == 0) {
                acknowledged = n;
                Duration gap = Duration.ofNanos(System.nanoTime() - last);
                last = System.nanoTime();
                longestGap = gap.compareTo(longestGap) > 0 ? gap : longestGap;
            }
        }
    }

    long acknowledged() {
        return acknowledged;
    }

    Duration longestGap() {
        return longestGap;
    }

    /** No write is under way after this. */
    void stop() {
        isOver = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
