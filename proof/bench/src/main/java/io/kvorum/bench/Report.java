package io.kvorum.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The results as Markdown. Stateless; any thread. */
final class Report {
    private static final double MEGABYTE = 1 << 20;

    private Report() {}

    static String markdown(Results results, Surroundings surroundings, Settings settings) {
        List<String> lines = new ArrayList<>(List.of("# Three members beside three of etcd", ""));
        lines.addAll(surroundings.lines());
        lines.addAll(howItWasMeasured(settings));
        lines.add("");
        lines.add("## Bars");
        lines.addAll(List.of("", "| bar | found | |", "|---|---|---|"));
        for (Bar bar : Bar.all(results)) {
            lines.add("| %s | %s | %s |".formatted(bar.promise(), bar.found(), bar.isMet() ? "met" : "**missed**"));
        }
        lines.addAll(List.of("", "## Load", ""));
        lines.add("Kvorum / etcd, medians of the rounds. CPU and bytes are those of all three members together.");
        lines.add("");
        lines.add("| load, clients | per second | ratio | p50 ms | p99 ms | CPU s per 10,000 | ratio"
                + " | bytes to disk per operation | load's own CPU s per 10,000 | errors |");
        lines.add("|---|---|---|---|---|---|---|---|---|---|");
        results.cells().forEach(cell -> lines.add(row(results, cell)));
        lines.addAll(List.of("", "## Memory, idling, fail-over", "", "| | Kvorum | etcd |", "|---|---|---|"));
        lines.addAll(whole(results));
        lines.addAll(errors(results));
        return String.join("\n", lines) + "\n";
    }

    private static List<String> howItWasMeasured(Settings settings) {
        return List.of(
                "",
                "Both clusters run on this machine on loopback, with default settings, and so does the load. One of them is"
                        + " loaded at a time while",
                "the other one is stopped (SIGSTOP); each cell is measured on one and then on the other, the order changes from"
                        + " round to round.",
                "Before, on both: %d s of everything at 64 clients with each member leading in turn, then loads of %d s until they are"
                                .formatted(
                                        settings.turn().toSeconds(),
                                        settings.stretch().toSeconds())
                        + " served at a steady pace; before each cell %d ms unmeasured. The cell of the first %d s is before all that."
                                .formatted(
                                        settings.lead().toMillis(),
                                        settings.cold().toSeconds()),
                "%d rounds of %d ms per cell; values of %d bytes, puts over %d keys; at most 8 connections; a history is dropped by compaction"
                        .formatted(settings.rounds(), settings.length().toMillis(), Keys.VALUE_BYTES, Keys.SPACE),
                "after each round. Fail-over: kill -9 of the leader to the first acknowledged write of a client that tries all"
                        + " members, %d times each.".formatted(settings.failOvers()));
    }

    private static String row(Results results, Cell cell) {
        Figures ours = results.ours().figures(cell);
        Figures theirs = results.theirs().figures(cell);
        return Stream.of(
                        cell.title(),
                        pair(ours, theirs, Figures::perSecond, "%.0f"),
                        ratio(ours.perSecond(), theirs.perSecond()),
                        pair(ours, theirs, Figures::p50Millis, "%.2f"),
                        pair(ours, theirs, Figures::p99Millis, "%.1f"),
                        pair(ours, theirs, Figures::cpuSeconds, "%.2f"),
                        ratio(ours.cpuSeconds(), theirs.cpuSeconds()),
                        pair(ours, theirs, Figures::writtenBytes, "%.0f"),
                        pair(ours, theirs, Figures::loadCpuSeconds, "%.2f"),
                        pair(ours, theirs, Figures::errors, "%.0f"))
                .reduce("|", (line, column) -> line + " " + column + " |");
    }

    private static String pair(Figures ours, Figures theirs, ToDoubleFunction<Figures> figure, String format) {
        return String.format(
                Locale.ROOT, format + " / " + format, figure.applyAsDouble(ours), figure.applyAsDouble(theirs));
    }

    private static String ratio(double ours, double theirs) {
        return String.format(Locale.ROOT, "%.2f", ours / theirs);
    }

    private static List<String> whole(Results results) {
        List<String> lines = new ArrayList<>();
        Results.Side ours = results.ours();
        Results.Side theirs = results.theirs();
        lines.add(line(
                "resident memory of an idle fresh member, MB",
                "%.0f",
                ours.fresh().memberBytes() / MEGABYTE,
                theirs.fresh().memberBytes() / MEGABYTE));
        for (Cell cell : results.cells()) {
            if (cell.kind().equals(Cell.PUTS) && cell.clients() >= 64) {
                lines.add(line(
                        "resident memory of the leader at " + cell.title() + ", MB",
                        "%.0f",
                        ours.figures(cell).leaderBytes() / MEGABYTE,
                        theirs.figures(cell).leaderBytes() / MEGABYTE));
                lines.add(line(
                        "resident memory of a follower at " + cell.title() + ", MB",
                        "%.0f",
                        ours.figures(cell).followerBytes() / MEGABYTE,
                        theirs.figures(cell).followerBytes() / MEGABYTE));
            }
        }
        lines.add(line(
                "idle CPU of a warm follower, % of a core",
                "%.2f", ours.warm().followerPercent(), theirs.warm().followerPercent()));
        lines.add(line(
                "idle CPU of a warm leader, % of a core",
                "%.2f", ours.warm().leaderPercent(), theirs.warm().leaderPercent()));
        lines.add(line("fail-over, median ms", "%.0f", ours.failOverMedian(), theirs.failOverMedian()));
        lines.add(line("fail-over, worst ms", "%.0f", ours.failOverWorst(), theirs.failOverWorst()));
        return lines;
    }

    private static String line(String what, String format, double ours, double theirs) {
        return String.format(
                Locale.ROOT, "| " + what.replace("%", "%%") + " | " + format + " | " + format + " |", ours, theirs);
    }

    private static List<String> errors(Results results) {
        List<String> lines = new ArrayList<>();
        results.ours().errors().forEach(error -> lines.add("- Kvorum: " + error));
        results.theirs().errors().forEach(error -> lines.add("- etcd: " + error));
        if (!lines.isEmpty()) {
            lines.addAll(0, List.of("", "## Errors", ""));
        }
        return lines;
    }
}
