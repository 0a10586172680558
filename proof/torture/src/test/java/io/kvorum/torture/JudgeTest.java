package io.kvorum.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.simulation.linearizability.Transactions.Input;
import io.kvorum.torture.Book.LeaseStory;
import io.kvorum.torture.Chronicle.Event;
import io.kvorum.torture.Deed.Echo;
import io.kvorum.torture.Deed.Life;
import io.kvorum.torture.Deed.Versioned;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Histories as a store would make them pass, and each way to doctor them is found. */
class JudgeTest {
    private final Verdict verdict = new Verdict();
    private final Book book = new Book(verdict);
    private int clock;

    @Test
    void aHistoryWithoutFaultPasses() {
        happened(5, "a", "v1");
        write("a", "v1", 5);
        read("a", "v1", 5, 5);
        happened(6, "a", "v2");
        write("a", "v2", 6);
        read("a", "v2", 6, 6);

        assertThat(broken()).isEmpty();
    }

    @Test
    void anAcknowledgedWriteThatIsLostIsFound() {
        happened(5, "b", "v2");
        write("a", "v1", 5);

        assertThat(broken()).contains("an acknowledged write is in the history at its revision");
    }

    @Test
    void aReadThatMissesAnAcknowledgedWriteIsFound() {
        happened(5, "a", "v1");
        write("a", "v1", 5);
        read("a", null, 0, 4);

        assertThat(broken())
                .contains(
                        "nothing is older than what was answered before",
                        "the history of each group of keys is linearizable");
    }

    @Test
    void aReadOfWhatTheHistoryNeverHadIsFound() {
        happened(5, "a", "v1");
        write("a", "v1", 5);
        read("a", "v9", 5, 5);

        assertThat(broken()).contains("a read tells what the history has at its revision");
    }

    @Test
    void aWriteThatHappensTwiceIsFound() {
        happened(5, "a", "v1");
        happened(6, "a", "v1");
        unheard("a", "v1");

        assertThat(broken()).containsExactly("a call happens at most once");
    }

    @Test
    void aFailedTransactionThatWritesIsFound() {
        happened(5, "a", "v1");
        var input = new Input(Map.of("a", Optional.of("v0")), Map.of("a", Optional.of("v1")), List.of("a"));
        note("a", false, input, new Echo(5, false, List.of(Optional.of(new Versioned("v1", 5)))));

        assertThat(broken()).contains("a transaction that failed writes nothing");
    }

    @Test
    void aRevisionThatNobodyWasToldOfIsFound() {
        happened(5, "a", "v1");
        happened(7, "a", "v2");

        assertThat(broken()).containsExactly("every revision is told to some watcher");
    }

    @Test
    void watchersThatDisagreeAreFound() {
        happened(5, "a", "v1");
        happened(5, "a", "v2");

        assertThat(broken()).contains("all watchers see the same history");
    }

    @Test
    void aPreviousValueThatWasNotThereIsFound() {
        happened(5, "a", "v1");
        var previous = Optional.of(new Versioned("v0", 5));
        book.chronicle().told("w", 6, List.of(new Event("a", Optional.of("v2"), 6, previous)), ++clock);

        assertThat(broken()).contains("an event tells the value before it");
    }

    @Test
    void aMemberThatGoesBackIsFoundThoughItMayBeBehind() {
        happened(5, "a", "v1");
        happened(6, "a", "v2");
        note("a", true, readOf("a"), new Echo(6, true, List.of(Optional.of(new Versioned("v2", 6)))));
        note("a", true, readOf("a"), new Echo(5, true, List.of(Optional.of(new Versioned("v1", 5)))));

        assertThat(broken()).containsExactly("a member does not go back");
    }

    @Test
    void aTransferSeenHalfWayIsFound() {
        happened(5, "r/bank1/0", "100-v1");
        var input = new Input(Map.of(), Map.of(), List.of("r/bank1/0", "r/bank1/1"));
        note(
                "r/bank1",
                false,
                input,
                new Echo(5, true, List.of(Optional.of(new Versioned("100-v1", 5)), Optional.empty())));

        assertThat(broken()).contains("transactions are atomic");
    }

    @Test
    void aLeaseThatEndsEarlyIsFoundAndOneThatEndsLateIsNot() {
        book.note(new LeaseStory(1, "early", 0, 2, Long.MAX_VALUE));
        book.note(new LeaseStory(2, "late", 0, 2, Long.MAX_VALUE));
        book.chronicle()
                .told("w", 5, List.of(new Event("early", Optional.empty(), 5, Optional.empty())), 1_999_000_000);
        book.chronicle().told("w", 6, List.of(new Event("late", Optional.empty(), 6, Optional.empty())), 2_001_000_000);

        assertThat(broken()).containsExactly("a lease lasts as long as promised");
        assertThat(verdict.violations().getFirst().evidence()).contains("early");
    }

    private List<String> broken() {
        new Judge(book, new Tally()).judge();
        return verdict.violations().stream().map(Verdict.Violation::promise).toList();
    }

    private void happened(long revision, String key, String value) {
        book.chronicle()
                .told("w", revision, List.of(new Event(key, Optional.of(value), revision, Optional.empty())), ++clock);
    }

    private void write(String key, String value, long revision) {
        note(key, false, writeOf(key, value), new Echo(revision, true, List.of()));
    }

    private void unheard(String key, String value) {
        book.note(new Deed(1, key, Optional.empty(), false, writeOf(key, value), ++clock, null, ++clock));
    }

    private static Input writeOf(String key, String value) {
        return new Input(Map.of(), Map.of(key, Optional.of(value)), List.of());
    }

    private static Input readOf(String key) {
        return new Input(Map.of(), Map.of(), List.of(key));
    }

    private void read(String key, @org.jspecify.annotations.Nullable String value, long writtenAt, long revision) {
        Optional<Versioned> found = Optional.ofNullable(value).map(present -> new Versioned(present, writtenAt));
        note(key, false, readOf(key), new Echo(revision, true, List.of(found)));
    }

    private void note(String group, boolean isSerializable, Input input, Echo echo) {
        book.note(new Deed(1, group, Optional.of(new Life(1, 1)), isSerializable, input, ++clock, echo, ++clock));
    }
}
