package io.kvorum.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a run measured; filled by one thread. Of two rivals the first one is ours.
 *
 * @param cells in the table's order
 */
record Results(List<Cell> cells, Side ours, Side theirs) {
    static Results of(List<Cell> cells) {
        return new Results(cells, new Side(), new Side());
    }

    /** What was measured of one rival. */
    static final class Side {
        private final Map<String, List<Figures>> rounds = new LinkedHashMap<>();
        private final List<String> errors = new ArrayList<>();
        private final List<Double> failOverMillis = new ArrayList<>();
        private Idle fresh = new Idle(Double.NaN, Double.NaN, Double.NaN);
        private Idle warm = fresh;

        void add(Cell cell, Arena.Measured measured) {
            rounds.computeIfAbsent(cell.title(), title -> new ArrayList<>()).add(measured.figures());
            if (!measured.firstError().isEmpty()) {
                errors.add(cell.title() + ": " + measured.firstError());
            }
        }

        void failed(String what, RuntimeException failure) {
            errors.add(what + ": " + failure.getMessage());
        }

        void failedOver(double millis) {
            failOverMillis.add(millis);
        }

        void fresh(Idle idle) {
            fresh = idle;
        }

        void warm(Idle idle) {
            warm = idle;
        }

        Figures figures(Cell cell) {
            return Figures.median(rounds.getOrDefault(cell.title(), List.of()));
        }

        List<Figures> rounds(Cell cell) {
            return List.copyOf(rounds.getOrDefault(cell.title(), List.of()));
        }

        Idle fresh() {
            return fresh;
        }

        Idle warm() {
            return warm;
        }

        List<Double> failOvers() {
            return List.copyOf(failOverMillis);
        }

        double failOverMedian() {
            return Figures.median(
                    failOverMillis.stream().mapToDouble(Double::doubleValue).toArray());
        }

        double failOverWorst() {
            return failOverMillis.stream()
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElse(Double.NaN);
        }

        List<String> errors() {
            return List.copyOf(errors);
        }
    }
}
