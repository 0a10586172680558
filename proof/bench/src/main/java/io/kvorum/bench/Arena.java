package io.kvorum.bench;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Two clusters of which one runs at a time; the other one is stopped by signal meanwhile. One thread. */
final class Arena {
    static final int LEADER = 0;

    private final List<Cluster> clusters;
    private final Wires wires;
    private final Settings settings;

    Arena(List<Cluster> clusters, Wires wires, Settings settings) {
        this.clusters = List.copyOf(clusters);
        this.wires = wires;
        this.settings = settings;
    }

    void resumeAll() {
        clusters.forEach(Cluster::resume);
    }

    void pauseAll() {
        clusters.forEach(Cluster::pause);
    }

    /** Both get the same: first the keys that are read later, then load until it is served at a steady pace. */
    void prepare(Cluster cluster) {
        cluster.resume();
        try (Wires.Bundle bundle = wires.open(cluster.seat(LEADER), 8)) {
            new Preload(bundle).run();
        }
        new WarmUp(cluster, wires, settings).untilSteady();
        cluster.pause();
    }

    void compact(Cluster cluster) {
        cluster.resume();
        cluster.compact();
        cluster.pause();
    }

    Measured measure(Cluster cluster, Cell cell) {
        return cell.isCold()
                ? measure(cluster, cell, Duration.ZERO, settings.cold())
                : measure(cluster, cell, settings.lead(), settings.length());
    }

    private Measured measure(Cluster cluster, Cell cell, Duration lead, Duration length) {
        cluster.resume();
        cluster.lead(LEADER);
        try (Wires.Bundle bundle = wires.open(cluster.seat(cell.member()), cell.connections())) {
            ClosedLoop.Outcome<Meter> outcome = cell.run(bundle, lead, length, () -> Meter.of(cluster));
            return new Measured(figures(cluster, outcome), outcome.firstError());
        } finally {
            cluster.pause();
        }
    }

    /** @param firstError empty when there was none */
    record Measured(Figures figures, String firstError) {}

    private record Meter(double membersCpu, double loadCpu, long written) {
        static Meter of(Cluster cluster) {
            return new Meter(cluster.cpuSeconds(), ProcessFigures.own().cpuSeconds(), cluster.writtenBytes());
        }
    }

    private static Figures figures(Cluster cluster, ClosedLoop.Outcome<Meter> outcome) {
        Latencies latencies = outcome.latencies();
        double count = latencies.size();
        Meter before = outcome.before();
        Meter after = outcome.after();
        List<ProcessFigures> members = cluster.figures();
        return new Figures(
                count / outcome.seconds(),
                latencies.millisAt(0.50),
                latencies.millisAt(0.99),
                (after.membersCpu() - before.membersCpu()) / count * 10_000,
                (after.loadCpu() - before.loadCpu()) / count * 10_000,
                (after.written() - before.written()) / count,
                members.get(LEADER).residentBytes(),
                IntStream.range(1, members.size())
                        .mapToDouble(i -> members.get(i).residentBytes())
                        .max()
                        .orElse(Double.NaN),
                outcome.errors());
    }
}
