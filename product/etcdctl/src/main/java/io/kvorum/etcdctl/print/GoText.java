package io.kvorum.etcdctl.print;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Texts in Go's way: quoted strings, durations, sizes. */
public final class GoText {
    private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB", "PB", "EB");

    private GoText() {}

    public static String quote(String text) {
        return quote(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes in double quotes; what is no printable UTF-8 is escaped. */
    public static String quote(byte[] bytes) {
        StringBuilder quoted = new StringBuilder("\"");
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 2);
        while (true) {
            CoderResult result = decoder.reset().decode(in, out, true);
            out.flip().codePoints().forEach(each -> appendQuoted(quoted, each));
            out.clear();
            if (!result.isMalformed()) {
                return quoted.append('"').toString();
            }
            for (int i = 0; i < result.length(); i++) {
                quoted.append("\\x%02x".formatted(in.get() & 0xff));
            }
        }
    }

    private static void appendQuoted(StringBuilder quoted, int codePoint) {
        switch (codePoint) {
            case '"', '\\' -> quoted.append('\\').appendCodePoint(codePoint);
            case 7 -> quoted.append("\\a");
            case '\b' -> quoted.append("\\b");
            case '\f' -> quoted.append("\\f");
            case '\n' -> quoted.append("\\n");
            case '\r' -> quoted.append("\\r");
            case '\t' -> quoted.append("\\t");
            case 11 -> quoted.append("\\v");
            default -> {
                if (codePoint < ' ' || codePoint == 0x7f) {
                    quoted.append("\\x%02x".formatted(codePoint));
                } else if (printable(codePoint)) {
                    quoted.appendCodePoint(codePoint);
                } else {
                    quoted.append((codePoint < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(codePoint));
                }
            }
        }
    }

    private static boolean printable(int codePoint) {
        return codePoint == ' '
                || switch (Character.getType(codePoint)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SPACE_SEPARATOR -> false;
                    default -> true;
                };
    }

    public static String duration(Duration duration) {
        long nanoseconds = duration.toNanos();
        if (nanoseconds == 0) {
            return "0s";
        }
        if (nanoseconds < 1_000) {
            return nanoseconds + "ns";
        }
        if (nanoseconds < 1_000_000) {
            return decimal(nanoseconds, 3) + "µs";
        }
        if (nanoseconds < 1_000_000_000) {
            return decimal(nanoseconds, 6) + "ms";
        }
        long minutes = duration.toMinutes();
        String seconds = decimal(nanoseconds - minutes * 60_000_000_000L, 9) + "s";
        if (minutes == 0) {
            return seconds;
        }
        return (minutes >= 60 ? minutes / 60 + "h" : "") + minutes % 60 + "m" + seconds;
    }

    private static String decimal(long value, int places) {
        BigDecimal exact = BigDecimal.valueOf(value, places).stripTrailingZeros();
        return exact.toPlainString();
    }

    /** A number of bytes in powers of a thousand, with two digits. */
    public static String size(long bytes) {
        if (bytes < 10) {
            return bytes + " B";
        }
        int exponent = (int) Math.floor(Math.log((double) bytes) / Math.log(1000));
        double value = Math.floor((double) bytes / Math.pow(1000, exponent) * 10 + 0.5) / 10;
        return String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, UNITS.get(exponent));
    }

    public static String leaseId(long id) {
        return "%016x".formatted(id);
    }

    /** Of members and clusters, in lists: without zeros before it. */
    public static String shortId(long id) {
        return "%x".formatted(id);
    }

    /** Of members and clusters, in sentences. */
    public static String wideId(long id) {
        return "%16x".formatted(id);
    }
}
