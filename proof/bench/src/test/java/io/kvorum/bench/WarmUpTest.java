package io.kvorum.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    @Test
    void aClusterIsWarmWhenTwoPassesInARowWereHardlyFaster() {
        assertThat(WarmUp.isSteady(List.of())).isFalse();
        assertThat(WarmUp.isSteady(passes(100, 105))).isFalse();
        assertThat(WarmUp.isSteady(passes(100, 105, 109))).isTrue();
        assertThat(WarmUp.isSteady(passes(100, 150, 155))).isFalse();
        assertThat(WarmUp.isSteady(passes(100, 150, 155, 160))).isTrue();
    }

    @Test
    void aHinderedPassDoesNotEndTheWarmUp() {
        assertThat(WarmUp.isSteady(passes(100, 150, 90, 200))).isFalse();
    }

    @Test
    void everyLoadCountsTheSame() {
        List<List<Double>> slowOneGains =
                List.of(List.of(10_000.0, 100.0), List.of(10_000.0, 100.0), List.of(10_000.0, 150.0));

        assertThat(WarmUp.isSteady(slowOneGains)).isFalse();
    }

    private static List<List<Double>> passes(double... rates) {
        return Arrays.stream(rates).mapToObj(rate -> List.of(rate, rate)).toList();
    }
}
