package io.kvorum.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Loads a cluster until it gets no faster: a JVM is slow until it has compiled what it runs. The same for every rival.
 * One thread.
 */
final class WarmUp {
    /** A pass that is less than this much faster than the one before changed nothing. */
    private static final double STEADY = 1.1;

    /** So many passes in a row must have changed nothing, since a single one may have been hindered. */
    private static final int STEADY_PASSES = 2;

    private final Cluster cluster;
    private final Wires wires;
    private final Settings settings;

    WarmUp(Cluster cluster, Wires wires, Settings settings) {
        this.cluster = cluster;
        this.wires = wires;
        this.settings = settings;
    }

    /** One load of a pass; all of them take the same time. */
    private record Stretch(Workload workload, int clients, int member) {}

    private static List<Stretch> stretches() {
        return List.of(
                new Stretch(Workloads::puts, 64, Arena.LEADER),
                new Stretch(Workloads::puts, 64, Arena.LEADER + 1),
                new Stretch(Workloads::puts, 256, Arena.LEADER),
                new Stretch(Workloads::puts, 1, Arena.LEADER),
                new Stretch(Workloads::everything, 64, Arena.LEADER));
    }

    /** The keys that are read later must be there. */
    void untilSteady() {
        turns();
        List<List<Double>> passes = new ArrayList<>();
        while (passes.size() < settings.mostPasses() && !isSteady(passes)) {
            passes.add(pass(passes.size() + 1));
        }
    }

    /** As long as a warm-up takes at most. */
    void whole() {
        turns();
        for (int number = 1; number <= settings.mostPasses(); number++) {
            var _ = pass(number);
        }
    }

    private void turns() {
        for (int leader = cluster.size() - 1; leader >= Arena.LEADER; leader--) {
            cluster.lead(leader);
            double _ = rate(new Stretch(Workloads::everything, 64, leader), settings.turn());
        }
    }

    private List<Double> pass(int number) {
        List<Double> rates = stretches().stream()
                .map(stretch -> rate(stretch, settings.stretch()))
                .toList();
        report(number, rates);
        return rates;
    }

    private double rate(Stretch stretch, Duration length) {
        try (Wires.Bundle bundle = wires.open(cluster.seat(stretch.member()), Math.min(stretch.clients(), 8))) {
            ClosedLoop.Outcome<String> outcome = ClosedLoop.run(
                    stretch.workload(), stretch.clients(), bundle, Duration.ZERO, length, () -> "warm-up");
            return outcome.latencies().size() / outcome.seconds();
        }
    }

    private void report(int number, List<Double> pass) {
        List<String> rates = pass.stream()
                .map(rate -> String.format(Locale.ROOT, "%.0f", rate))
                .toList();
        System.out.println(
                "warm-up %-7s pass %d  %s /s".formatted(cluster.rival().name(), number, rates));
    }

    /** @param passes the rates of each pass, in the same order */
    static boolean isSteady(List<List<Double>> passes) {
        if (passes.size() <= STEADY_PASSES) {
            return false;
        }
        return IntStream.range(passes.size() - STEADY_PASSES, passes.size())
                .allMatch(i -> gain(passes.get(i - 1), passes.get(i)) < STEADY);
    }

    /** The geometric mean of the loads' gains, so that each counts the same. */
    private static double gain(List<Double> before, List<Double> after) {
        double logarithms = IntStream.range(0, before.size())
                .mapToDouble(i -> Math.log(Math.max(1, after.get(i)) / Math.max(1, before.get(i))))
                .sum();
        return Math.exp(logarithms / before.size());
    }
}
