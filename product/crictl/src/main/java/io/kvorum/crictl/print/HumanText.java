package io.kvorum.crictl.print;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Times, sizes and maps as people and scripts know them from crictl. */
public final class HumanText {
    private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB", "PB", "EB");
    private static final int SHORT_ID = 13;
    private static final DateTimeFormatter PLAIN =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.nnnnnnnnn xx zzz", Locale.ENGLISH);
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("XXX", Locale.ROOT);

    private HumanText() {}

    /** How long ago, roughly, such as {@code About an hour ago}. */
    public static String ago(Instant then, Instant now) {
        return roughly(Duration.between(then, now)) + " ago";
    }

    private static String roughly(Duration duration) {
        long seconds = duration.toSeconds();
        long minutes = duration.toMinutes();
        long hours = Math.round(duration.toMillis() / 3_600_000.0);
        if (seconds < 1) {
            return "Less than a second";
        } else if (seconds < 60) {
            return seconds == 1 ? "1 second" : seconds + " seconds";
        } else if (minutes < 60) {
            return minutes == 1 ? "About a minute" : minutes + " minutes";
        } else if (hours < 48) {
            return hours == 1 ? "About an hour" : hours + " hours";
        } else if (hours < 24 * 7 * 2) {
            return hours / 24 + " days";
        } else if (hours < 24 * 30 * 2) {
            return hours / 24 / 7 + " weeks";
        } else if (hours < 24 * 365 * 2) {
            return hours / 24 / 30 + " months";
        }
        return duration.toHours() / 24 / 365 + " years";
    }

    /** A size with four digits at most, such as {@code 4.567MB}. */
    public static String size(long bytes) {
        return size(bytes, 4);
    }

    /** A size with that many digits at most, in units of a thousand. */
    public static String size(long bytes, int digits) {
        BigDecimal left = new BigDecimal(Long.toUnsignedString(bytes));
        int unit = 0;
        while (left.compareTo(BigDecimal.valueOf(1000)) >= 0 && unit < UNITS.size() - 1) {
            left = left.movePointLeft(3);
            unit++;
        }
        BigDecimal rounded = left.round(new MathContext(digits)).stripTrailingZeros();
        return rounded.toPlainString() + UNITS.get(unit);
    }

    /** The first 13 characters, without the prefix. */
    public static String shortId(String id, String prefix) {
        String bare = id.startsWith(prefix) ? id.substring(prefix.length()) : id;
        return bare.length() > SHORT_ID ? bare.substring(0, SHORT_ID) : bare;
    }

    /** In the form of RFC 3339, with as many decimals as there are. */
    public static String timestamp(Instant moment, ZoneId zone) {
        ZonedDateTime local = moment.atZone(zone);
        return ISO.format(local) + decimals(local.getNano()) + OFFSET.format(local);
    }

    private static String decimals(int nanoseconds) {
        return nanoseconds == 0 ? "" : "." + "%09d".formatted(nanoseconds).replaceAll("0+$", "");
    }

    /** For a page that people read, such as {@code 2026-01-02 15:04:05.5 +0100 CET}. */
    public static String wallClock(Instant moment, ZoneId zone) {
        ZonedDateTime local = moment.atZone(zone);
        String whole = PLAIN.format(local);
        int dot = whole.indexOf('.');
        return whole.substring(0, dot) + decimals(local.getNano()) + whole.substring(dot + 10);
    }

    public static Instant ofNanoseconds(long sinceEpoch) {
        return Instant.ofEpochSecond(0, sinceEpoch);
    }

    /** As {@code map[a:1 b:2]}. */
    public static String map(Map<String, String> entries) {
        StringBuilder text = new StringBuilder("map[");
        new TreeMap<>(entries).forEach((key, value) -> {
            text.append(text.length() == 4 ? "" : " ").append(key).append(':').append(value);
        });
        return text.append(']').toString();
    }
}
