package io.kvorum.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What was measured in one cell.
 *
 * @param cpuSeconds of all three members, per 10,000 operations
 * @param loadCpuSeconds of the load's own process, per 10,000 operations
 * @param writtenBytes by all three members, per operation
 * @param leaderBytes resident
 * @param followerBytes resident, the larger of the two
 */
record Figures(
        double perSecond,
        double p50Millis,
        double p99Millis,
        double cpuSeconds,
        double loadCpuSeconds,
        double writtenBytes,
        double leaderBytes,
        double followerBytes,
        double errors) {
    /** Of each figure the median of the rounds; errors are added up. */
    static Figures median(List<Figures> rounds) {
        return new Figures(
                median(rounds, Figures::perSecond),
                median(rounds, Figures::p50Millis),
                median(rounds, Figures::p99Millis),
                median(rounds, Figures::cpuSeconds),
                median(rounds, Figures::loadCpuSeconds),
                median(rounds, Figures::writtenBytes),
                median(rounds, Figures::leaderBytes),
                median(rounds, Figures::followerBytes),
                rounds.stream().mapToDouble(Figures::errors).sum());
    }

    private static double median(List<Figures> rounds, ToDoubleFunction<Figures> figure) {
        return median(rounds.stream().mapToDouble(figure).toArray());
    }

    static double median(double... values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
