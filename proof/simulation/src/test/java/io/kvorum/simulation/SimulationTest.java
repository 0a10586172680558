package io.kvorum.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Runs many seeds. {@code -Dsimulation.seed=N} runs that one alone, {@code -Dsimulation.seeds=N} so many of the fixed
 * ones.
 */
class SimulationTest {
    private static final int FIXED_SEEDS = 50;
    private static final int FRESH_SEEDS = 3;

    @Test
    void noSeedBreaksAPromise(TestReporter reporter) {
        List<Simulation.Report> reports = new ArrayList<>();
        for (long seed : seeds(reporter)) {
            reports.add(Simulation.run(seed, Mutant.NONE));
        }
        reporter.publishEntry("runs", Integer.toString(reports.size()));
        reporter.publishEntry("steps", sum(reports, Simulation.Report::steps));
        reporter.publishEntry("entries", sum(reports, Simulation.Report::entries));
        reporter.publishEntry("crashes", sum(reports, Simulation.Report::crashes));
        reporter.publishEntry("snapshots installed", sum(reports, Simulation.Report::installs));
        reporter.publishEntry("calls judged", sum(reports, Simulation.Report::calls));
        reporter.publishEntry("histories undecided", sum(reports, Simulation.Report::undecided));
        reporter.publishEntry("events watched", sum(reports, Simulation.Report::events));

        assertThat(reports).allMatch(report -> report.entries() > 0 && report.undecided() == 0);
    }

    private static String sum(List<Simulation.Report> reports, ToLongFunction<Simulation.Report> number) {
        return Long.toString(reports.stream().mapToLong(number).sum());
    }

    private static List<Long> seeds(TestReporter reporter) {
        Long only = Long.getLong("simulation.seed");
        if (only != null) {
            return List.of(only);
        }
        List<Long> seeds = new ArrayList<>();
        LongStream.rangeClosed(1, Integer.getInteger("simulation.seeds", FIXED_SEEDS))
                .forEach(seeds::add);
        Random fresh = new Random();
        for (int i = 0; i < FRESH_SEEDS; i++) {
            seeds.add(1_000_000 + fresh.nextLong(1_000_000_000L));
        }
        reporter.publishEntry(
                "fresh seeds",
                seeds.subList(seeds.size() - FRESH_SEEDS, seeds.size()).toString());
        return seeds;
    }

    @Test
    void aSeedAlwaysGivesTheSameRun() {
        for (long seed = 1; seed <= 4; seed++) {
            assertThat(Simulation.run(seed, Mutant.NONE)).isEqualTo(Simulation.run(seed, Mutant.NONE));
        }
    }
}
