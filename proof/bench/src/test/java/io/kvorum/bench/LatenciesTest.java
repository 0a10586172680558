package io.kvorum.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void aShareIsTheTimeThatSoManyStayAtOrBelow() {
        Latencies odd = new Latencies();
        Latencies even = new Latencies();
        for (int millis = 1; millis <= 2000; millis++) {
            (millis % 2 == 0 ? even : odd).add(millis * 1_000_000L);
        }

        Latencies all = Latencies.merged(List.of(even, odd));

        assertThat(all.size()).isEqualTo(2000);
        assertThat(all.millisAt(0.5)).isEqualTo(1000);
        assertThat(all.millisAt(0.99)).isEqualTo(1980);
        assertThat(all.millisAt(1)).isEqualTo(2000);
    }

    @Test
    void withoutAnyAnswerThereIsNoTime() {
        assertThat(Latencies.merged(List.of()).millisAt(0.5)).isNaN();
    }
}
