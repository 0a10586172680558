package io.kvorum.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was measured beside what was promised, as a table for people and as JSON for programs. One thread. */
final class BarTable {
    private static final long SECOND = 1000;

    /**
     * Something measured several times.
     *
     * @param bar no median may be above it; null when nothing was promised
     */
    private record Line(String what, @Nullable Duration bar, List<Long> millis) {
        long median() {
            List<Long> sorted = millis.stream().sorted().toList();
            int middle = sorted.size() / 2;
            return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        }

        String verdict() {
            if (bar == null) {
                return "";
            }
            return median() <= bar.toMillis() ? "met" : "**missed**";
        }

        String row() {
            return "| %s | %s | %s - %s | %d | %s | %s |%n"
                    .formatted(
                            what,
                            text(median()),
                            text(millis.stream().min(Long::compare).orElseThrow()),
                            text(millis.stream().max(Long::compare).orElseThrow()),
                            millis.size(),
                            bar == null ? "" : text(bar.toMillis()),
                            verdict());
        }

        String json() {
            return "    {\"what\": \"%s\", \"medianMillis\": %d, \"barMillis\": %s, \"millis\": %s}"
                    .formatted(what, median(), bar == null ? "null" : Long.toString(bar.toMillis()), millis);
        }
    }

    private final Map<String, Line> lines = new LinkedHashMap<>();
    private final List<String> remarks = new ArrayList<>();
    private final Instant begun;
    private final String loadBefore = load();
    private int asked;
    private int answered;
    private int due;
    private int warned;

    BarTable(InstantSource clock) {
        this.begun = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private static String text(long millis) {
        return millis < SECOND ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", (double) millis / SECOND);
    }

    void add(String what, Duration bar, Duration found) {
        line(what, bar, found);
    }

    /** What nothing was promised of. */
    void add(String what, Duration found) {
        line(what, null, found);
    }

    private void line(String what, @Nullable Duration bar, Duration found) {
        lines.computeIfAbsent(what, absent -> new Line(what, bar, new ArrayList<>()))
                .millis()
                .add(found.toMillis());
        System.out.printf("%s: %d ms%n", what, found.toMillis());
    }

    /** A read of a server without a quorum; all of them must be answered. */
    void addLoneRead(boolean isAnswered) {
        asked++;
        answered += isAnswered ? 1 : 0;
    }

    /** Whether an answer said that it may be old, of a server that knew. */
    void addWarning(boolean isWarned) {
        due++;
        warned += isWarned ? 1 : 0;
    }

    void remark(String sentence) {
        remarks.add(sentence);
    }

    /** Writes {@code NAME.md} and {@code NAME.json}. */
    void write(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name + ".md"), markdown());
        Files.writeString(folder.resolve(name + ".json"), json());
    }

    private String markdown() {
        var page = new StringBuilder("# What three servers survive\n\n");
        surroundings().forEach((name, value) -> page.append("- %s: %s%n".formatted(name, value)));
        page.append("\n");
        remarks.forEach(sentence -> page.append(sentence).append("\n"));
        page.append("\n| event | median | range | times | bar | |\n|---|---|---|---|---|---|\n");
        lines.values().forEach(line -> page.append(line.row()));
        if (asked > 0) {
            page.append("| reads of the survivor without a quorum: answered | %d of %d | | | all | %s |%n"
                    .formatted(answered, asked, answered == asked ? "met" : "**missed**"));
            page.append("| the same once it knows: with a Warning | %d of %d | | | all | %s |%n"
                    .formatted(warned, due, warned == due ? "met" : "**missed**"));
        }
        return page.toString();
    }

    private Map<String, String> surroundings() {
        Map<String, String> found = new LinkedHashMap<>();
        found.put("date", begun.toString());
        found.put("commit", commit());
        found.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        found.put("kernel", System.getProperty("os.version"));
        found.put("JDK", Runtime.version().toString());
        found.put("load average before, after", loadBefore + ", " + load());
        return found;
    }

    private static String commit() {
        Shell.Outcome outcome = new Shell()
                .run(
                        Duration.ofSeconds(10),
                        List.of("git", "-C", Lab.repository().toString(), "rev-parse", "--short", "HEAD"));
        return outcome.exitCode() == 0 ? outcome.out().strip() : "unknown";
    }

    private static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (IOException e) {
            return "unknown";
        }
    }

    private String json() {
        var members = new ArrayList<String>();
        surroundings().forEach((name, value) -> members.add("  \"%s\": \"%s\"".formatted(name, value)));
        members.add("  \"loneReads\": {\"asked\": %d, \"answered\": %d, \"warningsDue\": %d, \"warned\": %d}"
                .formatted(asked, answered, due, warned));
        members.add("  \"lines\": [\n%s\n  ]"
                .formatted(String.join(
                        ",\n", lines.values().stream().map(Line::json).toList())));
        return "{\n" + String.join(",\n", members) + "\n}\n";
    }
}
