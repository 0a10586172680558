package io.kvorum.torture;

import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Counts of a whole run. Any thread. */
final class Tally {
    private long answered;
    private long unanswered;
    private long reads;
    private long lastWriteAt;
    private long longestGap;
    private boolean isUnderFaults;
    private long leaderLostAt;
    private final List<Long> failovers = new ArrayList<>();
    private final Map<String, Integer> faults = new TreeMap<>();
    private final Map<String, Integer> failures = new TreeMap<>();
    private final Map<String, Integer> notes = new TreeMap<>();

    synchronized void answered(Deed deed) {
        answered++;
        if (!deed.isWrite()) {
            reads++;
            return;
        }
        if (isUnderFaults && lastWriteAt != 0) {
            longestGap = Math.max(longestGap, deed.answeredAt() - lastWriteAt);
        }
        lastWriteAt = Math.max(lastWriteAt, deed.answeredAt());
        if (leaderLostAt != 0 && deed.calledAt() > leaderLostAt) {
            failovers.add(deed.answeredAt() - leaderLostAt);
            leaderLostAt = 0;
        }
    }

    synchronized void failed(Status status) {
        unanswered++;
        failures.merge(status.getCode() + " " + description(status), 1, Integer::sum);
    }

    private static String description(Status status) {
        String text =
                status.getDescription() == null ? "" : status.getDescription().replaceAll("[0-9]+", "N");
        return text.substring(0, Math.min(60, text.length()));
    }

    synchronized void fault(String kind) {
        faults.merge(kind, 1, Integer::sum);
    }

    /** Something worth knowing that breaks no promise. */
    synchronized void note(String what) {
        notes.merge(what, 1, Integer::sum);
    }

    synchronized void leaderLost() {
        leaderLostAt = System.nanoTime();
    }

    /** Gaps between writes count only while clients are at work. */
    synchronized void underFaults(boolean areClientsAtWork) {
        isUnderFaults = areClientsAtWork;
        lastWriteAt = 0;
        leaderLostAt = 0;
    }

    synchronized long operations() {
        return answered;
    }

    synchronized long writes() {
        return answered - reads;
    }

    synchronized long unanswered() {
        return unanswered;
    }

    synchronized int faults() {
        return faults.values().stream().mapToInt(Integer::intValue).sum();
    }

    synchronized Duration longestGap() {
        return Duration.ofNanos(longestGap);
    }

    synchronized String summary() {
        var text = new StringBuilder();
        text.append("operations: %d answered (%d reads), %d not%n".formatted(answered, reads, unanswered));
        text.append("faults: ").append(faults).append('\n');
        text.append("longest time without an acknowledged write: %.1f s%n".formatted(longestGap / 1e9));
        text.append("leader killed or paused to the next write: ")
                .append(milliseconds())
                .append('\n');
        if (!notes.isEmpty()) {
            text.append("also seen: ").append(notes).append('\n');
        }
        text.append("why calls were not answered: ").append(failures).append('\n');
        return text.toString();
    }

    private String milliseconds() {
        List<Long> sorted = failovers.stream().sorted().toList();
        if (sorted.isEmpty()) {
            return "never happened";
        }
        return String.format(
                Locale.ROOT,
                "%d times, median %d ms, longest %d ms",
                sorted.size(),
                sorted.get(sorted.size() / 2) / 1_000_000,
                sorted.getLast() / 1_000_000);
    }
}
