package io.kvorum.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void theSameSeedMakesTheSameScheduleAndAnotherAnother() {
        assertThat(Schedule.faults(new Random(1), MINUTE, true))
                .isEqualTo(Schedule.faults(new Random(1), MINUTE, true));
        assertThat(Schedule.upkeep(new Random(1), MINUTE)).isEqualTo(Schedule.upkeep(new Random(1), MINUTE));
        assertThat(Schedule.faults(new Random(1), MINUTE, true))
                .isNotEqualTo(Schedule.faults(new Random(2), MINUTE, true));
    }

    @Test
    void withoutALabOnlyProcessesFail() {
        Schedule schedule = Schedule.faults(new Random(1), Duration.ofHours(1), false);

        assertThat(schedule.steps())
                .extracting(step -> step.fault().kind())
                .doesNotContain("Isolate", "CutPair", "Mute", "Deafen", "Unplug", "Slow", "SlowAll", "FillDisk")
                .contains("Kill", "KillAll", "KillMost", "Stop", "Pause", "TearLog", "FlipLog", "FlipState");
    }
}
