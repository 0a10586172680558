package io.kvorum.apimachinery.protobuf;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times between their JSON texts and seconds with a fraction. Any thread. */
final class TimeText {
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    private TimeText() {}

    static Instant parse(String text) {
        try {
            return text.endsWith("Z")
                    ? Instant.parse(text)
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new UnfitTree("the time \"%s\"".formatted(text));
        }
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
