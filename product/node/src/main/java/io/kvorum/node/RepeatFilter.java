package io.kvorum.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Lets a library say the same thing once in a while: one that tries four times a second to reach a server that is off would
 * fill a small disk otherwise. Any thread.
 */
final class RepeatFilter extends TurboFilter {
    private static final Duration WHILE = Duration.ofMinutes(1);
    /** What a library can say is a few hundred constants; past that all is let through. */
    private static final int MOST = 2000;

    private final String prefix;
    private final LongSupplier nanoTime;
    private final Map<String, Long> lastSaid = new ConcurrentHashMap<>();

    /** @param prefix of the loggers that are bounded */
    RepeatFilter(String prefix, LongSupplier nanoTime) {
        this.prefix = prefix;
        this.nanoTime = nanoTime;
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] params,
            @Nullable Throwable thrown) {
        if (format == null
                || !logger.getName().startsWith(prefix)
                || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL;
        }
        long now = nanoTime.getAsLong();
        Long due = lastSaid.size() < MOST ? lastSaid.putIfAbsent(format, now) : lastSaid.get(format);
        if (due == null) {
            return FilterReply.NEUTRAL;
        }
        boolean isDue = now - due > WHILE.toNanos() && lastSaid.replace(format, due, now);
        return isDue ? FilterReply.NEUTRAL : FilterReply.DENY;
    }
}
