package io.kvorum.etcdctl.session;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers, truth values and durations as Go writes and refuses them, since scripts compare these texts. */
public final class GoNumbers {
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
    private static final Map<String, Long> NANOSECONDS = Map.of(
            "ns",
            1L,
            "us",
            1_000L,
            "µs",
            1_000L,
            "μs",
            1_000L,
            "ms",
            1_000_000L,
            "s",
            1_000_000_000L,
            "m",
            60_000_000_000L,
            "h",
            3_600_000_000_000L);

    /** A text that is not what it should be; the message is Go's. */
    public static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message, null, false, false);
        }

        /** The text, for a compiler that knows that exceptions may have none. */
        public String reason() {
            return String.valueOf(getMessage());
        }
    }

    private GoNumbers() {}

    public static long parseInt(String text, int radix) {
        return parse("strconv.ParseInt", text, radix, false);
    }

    public static long parseUnsigned(String text, int radix) {
        return parse("strconv.ParseUint", text, radix, true);
    }

    private static long parse(String function, String text, int radix, boolean unsigned) {
        boolean digits = text.matches(unsigned ? "[0-9a-zA-Z]+" : "[+-]?[0-9a-zA-Z]+");
        for (int i = 0; digits && i < text.length(); i++) {
            char c = text.charAt(i);
            digits = c == '+' || c == '-' || Character.digit(c, radix) >= 0;
        }
        if (!digits) {
            throw new Malformed("%s: parsing \"%s\": invalid syntax".formatted(function, text));
        }
        try {
            return unsigned ? Long.parseUnsignedLong(text, radix) : Long.parseLong(text, radix);
        } catch (NumberFormatException outOfRange) {
            throw new Malformed("%s: parsing \"%s\": value out of range".formatted(function, text));
        }
    }

    public static boolean parseBool(String text) {
        return switch (text) {
            case "1", "t", "T", "TRUE", "true", "True" -> true;
            case "0", "f", "F", "FALSE", "false", "False" -> false;
            default -> throw new Malformed("strconv.ParseBool: parsing \"%s\": invalid syntax".formatted(text));
        };
    }

    public static Duration parseDuration(String text) {
        boolean negative = text.startsWith("-");
        String rest = negative || text.startsWith("+") ? text.substring(1) : text;
        if (rest.equals("0")) {
            return Duration.ZERO;
        }
        Matcher parts = PART.matcher(rest);
        long nanoseconds = 0;
        int end = 0;
        while (end < rest.length()) {
            if (!parts.find(end) || parts.start() != end) {
                String complaint = rest.matches("[0-9.]+") ? "missing unit in duration" : "invalid duration";
                throw new Malformed("time: %s \"%s\"".formatted(complaint, text));
            }
            nanoseconds += new BigDecimal(parts.group(1))
                    .multiply(BigDecimal.valueOf(NANOSECONDS.getOrDefault(parts.group(2), 1L)))
                    .longValue();
            end = parts.end();
        }
        if (rest.isEmpty()) {
            throw new Malformed("time: invalid duration \"%s\"".formatted(text));
        }
        return Duration.ofNanos(negative ? -nanoseconds : nanoseconds);
    }
}
