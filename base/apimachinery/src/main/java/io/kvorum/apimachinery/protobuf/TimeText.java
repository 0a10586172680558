package io.kvorum.apimachinery.protobuf;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times between their JSON texts and seconds with a fraction. Any thread. */
final class TimeText {
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    /** The length of such as 2026-01-02T03:04:05Z. */
    private static final int WHOLE_SECONDS = 20;

    private TimeText() {}

    static Instant parse(String text) {
        try {
            if (text.length() == WHOLE_SECONDS && text.charAt(10) == 'T' && text.endsWith("Z")) {
                return wholeSeconds(text);
            }
            return text.endsWith("Z")
                    ? Instant.parse(text)
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new UnfitTree("the time \"%s\"".formatted(text));
        }
    }

    /** Half of a pod's encoding would else be spent in the general parser. */
    private static Instant wholeSeconds(String text) {
        LocalDate day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
        LocalTime time = LocalTime.of(number(text, 11, 13), number(text, 14, 16), number(text, 17, 19));
        return day.atTime(time).toInstant(ZoneOffset.UTC);
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new DateTimeException("no digit at " + i);
            }
            number = number * 10 + digit;
        }
        return number;
    }

    static String seconds(long seconds) {
        return instant(seconds, 0).toString();
    }

    static String micros(long seconds, long nanos) {
        return MICROS.format(instant(seconds, nanos / 1000 * 1000).atOffset(ZoneOffset.UTC));
    }

    private static Instant instant(long seconds, long nanos) {
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw new MalformedProtobuf("%d seconds are no time".formatted(seconds));
        }
    }
}
