package io.kvorum.snapshot.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SnapshotScheduleTest {
    private static final Instant NOON = Instant.parse("2026-02-09T12:00:30Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    private final Semaphore taken = new Semaphore(0);

    @Test
    void fieldsNamesAndIntervalsAreUnderstood() {
        assertThat(CronTimes.parse("0 */6 * * *", ZoneOffset.UTC).next(NOON))
                .contains(Instant.parse("2026-02-09T18:00:00Z"));
        assertThat(CronTimes.parse("0 */12 * * *", ZoneOffset.UTC).last(NOON))
                .contains(Instant.parse("2026-02-09T12:00:00Z"));
        assertThat(CronTimes.parse("@daily", ZoneOffset.UTC).next(NOON))
                .contains(Instant.parse("2026-02-10T00:00:00Z"));
        assertThat(CronTimes.parse("@every 1m", ZoneOffset.UTC).next(NOON))
                .contains(Instant.parse("2026-02-09T12:01:00Z"));
        assertThatThrownBy(() -> CronTimes.parse("every day", ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CronTimes.parse("@every nothing", ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyMissedTimesAreCaughtUpByOneSnapshot() throws Exception {
        try (var _ = schedule("@hourly", Optional.of(NOON.minusSeconds(90_000)))) {
            assertThat(taken.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            assertThat(taken.tryAcquire(100, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    @Test
    void nothingIsCaughtUpWhenTheLastTimeWasKept() throws Exception {
        try (var _ = schedule("@hourly", Optional.of(NOON.minusSeconds(30)))) {
            assertThat(taken.tryAcquire(100, TimeUnit.MILLISECONDS)).isFalse();
        }
        try (var _ = schedule("@hourly", Optional.empty())) {
            assertThat(taken.tryAcquire(100, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    @Test
    void aTimeThatComesIsKept() throws Exception {
        now.set(Instant.parse("2026-02-09T12:59:59.900Z"));
        Semaphore started = new Semaphore(0);
        Supplier<Optional<Instant>> latest = () -> {
            started.release();
            return Optional.empty();
        };
        try (var _ =
                new SnapshotSchedule(CronTimes.parse("@hourly", ZoneOffset.UTC), now::get, latest, taken::release)) {
            assertThat(started.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            now.set(Instant.parse("2026-02-09T13:00:00Z"));
            assertThat(taken.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private SnapshotSchedule schedule(String text, Optional<Instant> latest) {
        return new SnapshotSchedule(CronTimes.parse(text, ZoneOffset.UTC), now::get, () -> latest, taken::release);
    }
}
