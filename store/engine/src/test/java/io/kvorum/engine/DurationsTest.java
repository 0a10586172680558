package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.raft.Durations;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationsTest {
    @Test
    void eachBucketHoldsWhatTheNarrowerOnesHoldToo() {
        Durations durations = new Durations(Duration.ofMillis(1), 3);
        durations.note(Duration.ofMillis(1).toNanos());
        durations.note(Duration.ofMillis(3).toNanos());
        durations.note(Duration.ofMillis(100).toNanos());

        assertThat(durations.buckets())
                .containsExactly(
                        new Durations.Bucket(0.001, 1),
                        new Durations.Bucket(0.002, 1),
                        new Durations.Bucket(0.004, 2),
                        new Durations.Bucket(Double.POSITIVE_INFINITY, 3));
        assertThat(durations.totalSeconds()).isEqualTo(0.104);
    }
}
