package io.kvorum.controllers.cronjob;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A CronJob's schedule in its time zone. Immutable. */
final class Schedule {
    private static final Map<String, String> NAMED = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");

    private final ExecutionTime times;
    private final ZoneId zone;

    private Schedule(ExecutionTime times, ZoneId zone) {
        this.times = times;
        this.zone = zone;
    }

    /** @throws IllegalArgumentException when the text or the zone is not understood */
    static Schedule parse(String text, @Nullable String zone) {
        String fields = NAMED.getOrDefault(text.strip(), text.strip()).replace('?', '*');
        var parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
        try {
            ZoneId place = zone == null ? ZoneId.of("UTC") : ZoneId.of(zone);
            return new Schedule(ExecutionTime.forCron(parser.parse(fields)), place);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("unknown time zone " + zone, e);
        }
    }

    /** The latest time at or before now. */
    Optional<Instant> last(Instant now) {
        ZonedDateTime minute = now.atZone(zone).truncatedTo(ChronoUnit.MINUTES);
        return times.isMatch(minute)
                ? Optional.of(minute.toInstant())
                : times.lastExecution(now.atZone(zone)).map(ZonedDateTime::toInstant);
    }

    Optional<Instant> next(Instant now) {
        return times.nextExecution(now.atZone(zone)).map(ZonedDateTime::toInstant);
    }
}
