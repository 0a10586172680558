package io.kvorum.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A promise and whether the run kept it. */
record Bar(String promise, String found, boolean isMet) {
    private static final int MANY = 64;
    private static final double MEGABYTE = 1 << 20;
    private static final Set<String> GETS = Set.of(Cell.GETS, Cell.LOCAL_GETS);

    static List<Bar> all(Results results) {
        List<Bar> bars = new ArrayList<>();
        for (Cell cell : results.cells()) {
            Figures ours = results.ours().figures(cell);
            Figures theirs = results.theirs().figures(cell);
            double speed = ours.perSecond() / theirs.perSecond();
            double cost = ours.cpuSeconds() / theirs.cpuSeconds();
            boolean isPut = cell.kind().equals(Cell.PUTS);
            if (isPut && cell.clients() == 1) {
                bars.add(atLeast(0.9, speed, "puts a second with 1 client"));
            }
            if (isPut && cell.clients() >= MANY) {
                bars.add(atLeast(1.5, speed, "puts a second with " + cell.clients() + " clients"));
                bars.add(atMost(1, cost, "CPU per put with " + cell.clients() + " clients"));
            }
            if (GETS.contains(cell.kind()) && cell.clients() >= MANY) {
                bars.add(atLeast(1.5, speed, cell.kind() + " with " + cell.clients() + " clients"));
            }
        }
        bars.addAll(ofWhole(results));
        return bars;
    }

    private static List<Bar> ofWhole(Results results) {
        Results.Side ours = results.ours();
        Results.Side theirs = results.theirs();
        double failOver = ours.failOverMedian();
        double idle = ours.warm().followerPercent();
        double idleTheirs = theirs.warm().followerPercent();
        double resident = ours.fresh().memberBytes() / MEGABYTE;
        return List.of(
                new Bar("fail-over below 2 s at the median", "%.0f ms".formatted(failOver), failOver < 2000),
                new Bar(
                        "fail-over below etcd's at the median",
                        "%.0f ms to %.0f ms".formatted(failOver, theirs.failOverMedian()),
                        failOver < theirs.failOverMedian()),
                new Bar(
                        "idle CPU of a warm follower no more than etcd's",
                        "%.2f %% to %.2f %% of a core".formatted(idle, idleTheirs),
                        idle <= idleTheirs),
                new Bar("an idle fresh member below 120 MB", "%.0f MB".formatted(resident), resident < 120));
    }

    private static Bar atLeast(double bar, double found, String what) {
        return new Bar(
                String.format(Locale.ROOT, "%s: at least %.1f of etcd's", what, bar),
                "%.2f".formatted(found),
                found >= bar);
    }

    private static Bar atMost(double bar, double found, String what) {
        return new Bar(
                String.format(Locale.ROOT, "%s: at most %.1f of etcd's", what, bar),
                "%.2f".formatted(found),
                found <= bar);
    }
}
