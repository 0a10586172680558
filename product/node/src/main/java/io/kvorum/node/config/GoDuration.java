package io.kvorum.node.config;

import java.time.Duration;
import java.util.regex.Pattern;

/** Durations as K3s's flags take them: {@code 40s}, {@code 1m30s}, {@code 500ms}. */
public final class GoDuration {
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|us|ns|h|m|s)");

    private GoDuration() {}

    /** @throws IllegalArgumentException when it is not one */
    public static Duration parse(String text) {
        var part = PART.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            double amount = Double.parseDouble(part.group(1));
            sum = sum.plusNanos((long) (amount * nanos(part.group(2))));
            end = part.end();
        }
        if (end == 0 || end != text.length()) {
            throw new IllegalArgumentException("\"" + text + "\" is not a duration such as 40s or 1m30s");
        }
        return sum;
    }

    private static double nanos(String unit) {
        return switch (unit) {
            case "h" -> 3600e9;
            case "m" -> 60e9;
            case "s" -> 1e9;
            case "ms" -> 1e6;
            case "us" -> 1e3;
            default -> 1;
        };
    }
}
