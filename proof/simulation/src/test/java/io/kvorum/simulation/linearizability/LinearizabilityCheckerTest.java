package io.kvorum.simulation.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckerTest {
    private final LinearizabilityChecker<Optional<String>, Register.Input, Register.Output> checker =
            new LinearizabilityChecker<>(new Register(), 1_000_000);

    @Test
    void aReadMayFallOnEitherSideOfAWriteItOverlaps() {
        assertThat(checker.check(List.of(write("a", 0, 10), read("a", 2, 4), read("a", 5, 6))))
                .isInstanceOf(Finding.Linearizable.class);
        assertThat(checker.check(List.of(write("a", 0, 10), read(null, 2, 4), read("a", 5, 6))))
                .isInstanceOf(Finding.Linearizable.class);
    }

    @Test
    void aReadAfterAnAnsweredWriteMustSeeIt() {
        assertThat(checker.check(List.of(write("a", 0, 1), read(null, 2, 3)))).isInstanceOf(Finding.Violated.class);
    }

    @Test
    void whatOneReadSawALaterReadCannotUnsee() {
        assertThat(checker.check(List.of(write("a", 0, 10), read("a", 2, 4), read(null, 5, 6))))
                .isInstanceOf(Finding.Violated.class);
    }

    @Test
    void anUnansweredWriteMayHappenLateOrNever() {
        Call<Register.Input, Register.Output> lost = Call.unanswered(new Register.Input.Write(Optional.of("lost")), 0);
        assertThat(checker.check(List.of(lost, write("a", 5, 6), read("lost", 10, 11))))
                .isInstanceOf(Finding.Linearizable.class);
        assertThat(checker.check(List.of(lost, write("a", 5, 6), read("a", 10, 11))))
                .isInstanceOf(Finding.Linearizable.class);
        assertThat(checker.check(List.of(lost, read("lost", 1, 2), write("a", 5, 6), read("lost", 10, 11))))
                .isInstanceOf(Finding.Violated.class);
    }

    @Test
    void twoCannotWinTheSameComparison() {
        assertThat(checker.check(List.of(
                        writeIf(Optional.empty(), "a", true, 0, 5), writeIf(Optional.empty(), "b", true, 1, 6))))
                .isInstanceOf(Finding.Violated.class);
        assertThat(checker.check(List.of(
                        writeIf(Optional.empty(), "a", true, 0, 5), writeIf(Optional.of("a"), "b", true, 1, 6))))
                .isInstanceOf(Finding.Linearizable.class);
    }

    @Test
    void aTransactionIsSeenEntirelyOrNotAtAll() {
        LinearizabilityChecker<?, Transactions.Input, Transactions.Output> transactions =
                new LinearizabilityChecker<>(new Transactions(), 1_000_000);
        Call<Transactions.Input, Transactions.Output> both = new Call<>(
                new Transactions.Input(Map.of(), Map.of("x", Optional.of("1"), "y", Optional.of("1")), List.of()),
                new Transactions.Output(true, List.of()),
                0,
                10);
        assertThat(transactions.check(List.of(both, look(Optional.of("1"), Optional.of("1"), 2, 3))))
                .isInstanceOf(Finding.Linearizable.class);
        assertThat(transactions.check(List.of(both, look(Optional.of("1"), Optional.empty(), 2, 3))))
                .isInstanceOf(Finding.Violated.class);
    }

    @Test
    void aSearchThatTakesTooLongSaysSo() {
        LinearizabilityChecker<?, Register.Input, Register.Output> hasty =
                new LinearizabilityChecker<>(new Register(), 10);
        List<Call<Register.Input, Register.Output>> history = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            history.add(write("v" + i, 0, 100));
        }
        assertThat(hasty.check(history)).isInstanceOf(Finding.Undecided.class);
    }

    @Test
    void historiesOfARealRegisterPassAndTheSameWithOneWrongReadDoNot() {
        for (int seed = 0; seed < 200; seed++) {
            List<Call<Register.Input, Register.Output>> history = played(new Random(seed));
            assertThat(checker.check(history)).as("seed %d", seed).isInstanceOf(Finding.Linearizable.class);
            history.add(read("never written", 50, 60));
            assertThat(checker.check(history)).as("seed %d", seed).isInstanceOf(Finding.Violated.class);
        }
    }

    /** Calls that take effect one after the other and overlap in what their clients see. */
    private static List<Call<Register.Input, Register.Output>> played(Random random) {
        Register register = new Register();
        Optional<String> state = register.initial();
        List<Call<Register.Input, Register.Output>> history = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            long at = 10L * i;
            Register.Input input = switch (random.nextInt(3)) {
                case 0 -> new Register.Input.Read();
                case 1 -> new Register.Input.Write(Optional.of("v" + i));
                default -> new Register.Input.WriteIf(state, "w" + i);
            };
            Model.Step<Optional<String>, Register.Output> step = register.step(state, input);
            state = step.state();
            long called = at - random.nextInt(40);
            history.add(
                    random.nextInt(10) == 0
                            ? Call.unanswered(input, called)
                            : new Call<>(input, step.output(), called, at + random.nextInt(40)));
        }
        return history;
    }

    private static Call<Register.Input, Register.Output> write(String value, long called, long answered) {
        return new Call<>(
                new Register.Input.Write(Optional.of(value)), new Register.Output.Written(), called, answered);
    }

    private static Call<Register.Input, Register.Output> writeIf(
            Optional<String> expected, String value, boolean isEqual, long called, long answered) {
        return new Call<>(
                new Register.Input.WriteIf(expected, value), new Register.Output.Compared(isEqual), called, answered);
    }

    private static Call<Register.Input, Register.Output> read(
            @org.jspecify.annotations.Nullable String value, long called, long answered) {
        return new Call<>(
                new Register.Input.Read(), new Register.Output.Value(Optional.ofNullable(value)), called, answered);
    }

    private static Call<Transactions.Input, Transactions.Output> look(
            Optional<String> x, Optional<String> y, long called, long answered) {
        return new Call<>(
                new Transactions.Input(Map.of(), Map.of(), List.of("x", "y")),
                new Transactions.Output(true, List.of(x, y)),
                called,
                answered);
    }
}
