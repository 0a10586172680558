package io.kvorum.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BarTest {
    private static final Cell PUTS = Cell.all().stream()
            .filter(cell -> cell.kind().equals(Cell.PUTS) && cell.clients() == 64)
            .findFirst()
            .orElseThrow();

    @Test
    void aBarIsJudgedByTheMedianOfTheRounds() {
        Results results = Results.of(List.of(PUTS));
        add(results.ours(), 1000, 1600, 3000);
        add(results.theirs(), 1000);

        assertThat(Bar.all(results))
                .filteredOn(bar -> bar.promise().startsWith("puts a second"))
                .singleElement()
                .satisfies(bar -> assertThat(bar.found()).isEqualTo("1.60"))
                .satisfies(bar -> assertThat(bar.isMet()).isTrue());
    }

    @Test
    void whatWasNotMeasuredIsNotMet() {
        assertThat(Bar.all(Results.of(List.of(PUTS)))).isNotEmpty().noneMatch(Bar::isMet);
    }

    private static void add(Results.Side side, double... perSecond) {
        for (double rate : perSecond) {
            side.add(PUTS, new Arena.Measured(new Figures(rate, 1, 1, 1, 1, 1, 1, 1, 0), ""));
        }
    }
}
