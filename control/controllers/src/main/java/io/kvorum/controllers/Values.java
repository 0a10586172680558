package io.kvorum.controllers;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reading fields that may be absent, and times as the API writes them. Pure functions. */
public final class Values {
    private Values() {}

    public static int or(@Nullable Integer value, int absent) {
        return value == null ? absent : value;
    }

    public static long or(@Nullable Long value, long absent) {
        return value == null ? absent : value;
    }

    public static boolean isTrue(@Nullable Boolean value) {
        return value != null && value;
    }

    public static String or(@Nullable String value, String absent) {
        return value == null ? absent : value;
    }

    public static <V> Map<String, V> or(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : map;
    }

    /** Now, in whole seconds, as metav1.Time. */
    public static String now(InstantSource clock) {
        return text(clock.instant());
    }

    public static String text(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The beginning of time when absent. */
    public static Instant time(@Nullable String text) {
        return text == null || text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
    }
}
