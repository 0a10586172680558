package io.kvorum.snapshot.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The times that a schedule of five fields names, or {@code @daily} and the like, or {@code @every 30m}. Immutable. */
public sealed interface CronTimes {
    /** The latest time at or before now. */
    Optional<Instant> last(Instant now);

    /** The first time behind now. */
    Optional<Instant> next(Instant now);

    /** @throws IllegalArgumentException when the text is not understood */
    static CronTimes parse(String text, ZoneId zone) {
        String stripped = text.strip();
        if (stripped.startsWith("@every ")) {
            return new Every(interval(stripped.substring("@every ".length()).strip()));
        }
        String fields = Fields.NAMED.getOrDefault(stripped, stripped).replace('?', '*');
        var parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
        return new Fields(ExecutionTime.forCron(parser.parse(fields)), zone);
    }

    private static Duration interval(String text) {
        try {
            Duration interval = Duration.parse("PT" + text);
            if (interval.toSeconds() < 1) {
                throw new IllegalArgumentException("an interval is at least a second, not " + text);
            }
            return interval;
        } catch (java.time.format.DateTimeParseException e) {
            throw new IllegalArgumentException("an interval is like 1h30m, not " + text, e);
        }
    }

    /** Times by the clock on the wall. */
    record Fields(ExecutionTime times, ZoneId zone) implements CronTimes {
        private static final Map<String, String> NAMED = new TreeMap<>(Map.of(
                "@yearly", "0 0 1 1 *",
                "@annually", "0 0 1 1 *",
                "@monthly", "0 0 1 * *",
                "@weekly", "0 0 * * 0",
                "@daily", "0 0 * * *",
                "@midnight", "0 0 * * *",
                "@hourly", "0 * * * *"));

        @Override
        public Optional<Instant> last(Instant now) {
            ZonedDateTime minute = now.atZone(zone).truncatedTo(ChronoUnit.MINUTES);
            return times.isMatch(minute)
                    ? Optional.of(minute.toInstant())
                    : times.lastExecution(now.atZone(zone)).map(ZonedDateTime::toInstant);
        }

        @Override
        public Optional<Instant> next(Instant now) {
            return times.nextExecution(now.atZone(zone)).map(ZonedDateTime::toInstant);
        }
    }

    /** Times so far apart, counted from the epoch. */
    record Every(Duration interval) implements CronTimes {
        @Override
        public Optional<Instant> last(Instant now) {
            long seconds = interval.toSeconds();
            return Optional.of(Instant.ofEpochSecond(now.getEpochSecond() / seconds * seconds));
        }

        @Override
        public Optional<Instant> next(Instant now) {
            return last(now).map(each -> each.plus(interval));
        }
    }
}
