package io.kvorum.apimachinery.table;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** Durations as kubectl shows them: the two largest units while they matter, such as {@code 3m12s}, {@code 5h}, {@code 2d}. */
public final class HumanDuration {
    private HumanDuration() {}

    public static String of(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < -1) {
            return "<invalid>";
        }
        if (seconds < 0) {
            return "0s";
        }
        long minutes = seconds / 60;
        if (minutes < 2) {
            return seconds + "s";
        }
        if (minutes < 10) {
            return two(minutes, "m", seconds % 60, "s");
        }
        return minutes < 180 ? minutes + "m" : hours(minutes);
    }

    private static String hours(long minutes) {
        long hours = minutes / 60;
        if (hours < 8) {
            return two(hours, "h", minutes % 60, "m");
        }
        if (hours < 48) {
            return hours + "h";
        }
        long days = hours / 24;
        if (days < 8) {
            return two(days, "d", hours % 24, "h");
        }
        if (days < 365 * 2) {
            return days + "d";
        }
        return days < 365 * 8 ? two(days / 365, "y", days % 365, "d") : days / 365 + "y";
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return small == 0 ? large + largeUnit : large + largeUnit + small + smallUnit;
    }

    /** The time since a timestamp of an object; {@code <unknown>} when there is none. */
    static String since(String timestamp, Instant now) {
        try {
            return timestamp.isEmpty() ? "<unknown>" : of(Duration.between(Instant.parse(timestamp), now));
        } catch (DateTimeException e) {
            return "<unknown>";
        }
    }
}
