package io.kvorum.crictl.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** Reads durations such as {@code 1m30s}; a bare number is seconds. */
final class Durations {
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)");

    private Durations() {}

    static Duration parse(String text) {
        if (text.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        Matcher parts = PART.matcher(text);
        double milliseconds = 0;
        int end = 0;
        while (parts.find() && parts.start() == end) {
            milliseconds += Double.parseDouble(parts.group(1))
                    * switch (parts.group(2)) {
                        case "ms" -> 1;
                        case "s" -> 1_000;
                        case "m" -> 60_000;
                        default -> 3_600_000;
                    };
            end = parts.end();
        }
        if (end == 0 || end < text.length()) {
            throw new TypeConversionException("\"%s\" is not a duration such as 30s or 1m30s".formatted(text));
        }
        return Duration.ofMillis((long) milliseconds);
    }
}
