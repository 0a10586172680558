package io.kvorum.apiserver.http;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them, such as {@code 1m30s}; any thread. */
final class GoDuration {
    private static final Pattern WHOLE = Pattern.compile("(\\d+(?:\\.\\d+)?(?:h|m|s|ms))+");
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(h|ms|m|s)");

    private GoDuration() {}

    /** Empty for what is no duration. */
    static Optional<Duration> parse(String text) {
        if (text.length() > 32 || !WHOLE.matcher(text).matches()) {
            return Optional.empty();
        }
        double millis = 0;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            millis += Double.parseDouble(part.group(1)) * millisPer(part.group(2));
        }
        return Optional.of(Duration.ofMillis((long) millis));
    }

    private static long millisPer(String unit) {
        return switch (unit) {
            case "h" -> 3_600_000;
            case "m" -> 60_000;
            case "s" -> 1000;
            default -> 1;
        };
    }
}
