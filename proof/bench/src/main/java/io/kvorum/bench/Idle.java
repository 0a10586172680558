package io.kvorum.bench;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a cluster takes while nobody asks it anything.
 *
 * @param leaderPercent of one core
 * @param followerPercent of one core, the mean of the two
 * @param memberBytes resident, of the largest member
 */
record Idle(double leaderPercent, double followerPercent, double memberBytes) {
    static List<Idle> of(List<Cluster> clusters, Duration length) {
        List<Integer> leaders = clusters.stream().map(Cluster::awaitLeader).toList();
        List<List<Double>> before = clusters.stream().map(Idle::times).toList();
        long from = System.nanoTime();
        Patience.pause(length);
        double seconds = (System.nanoTime() - from) / 1e9;
        return IntStream.range(0, clusters.size())
                .mapToObj(i -> of(clusters.get(i), leaders.get(i), before.get(i), seconds))
                .toList();
    }

    private static List<Double> times(Cluster cluster) {
        return cluster.figures().stream().map(ProcessFigures::cpuSeconds).toList();
    }

    private static Idle of(Cluster cluster, int leader, List<Double> before, double seconds) {
        List<Double> after = times(cluster);
        double[] percent = IntStream.range(0, cluster.size())
                .mapToDouble(i -> 100 * (after.get(i) - before.get(i)) / seconds)
                .toArray();
        double followers = IntStream.range(0, cluster.size())
                .filter(i -> i != leader)
                .mapToDouble(i -> percent[i])
                .average()
                .orElse(Double.NaN);
        double bytes = cluster.figures().stream()
                .mapToDouble(ProcessFigures::residentBytes)
                .max()
                .orElse(Double.NaN);
        return new Idle(percent[leader], followers, bytes);
    }
}
