package io.kvorum.simulation;

import io.kvorum.model.Key;
import io.kvorum.mvcc.Event;
import io.kvorum.simulation.linearizability.Call;
import io.kvorum.simulation.linearizability.Finding;
import io.kvorum.simulation.linearizability.LinearizabilityChecker;
import io.kvorum.simulation.linearizability.Register;
import io.kvorum.simulation.linearizability.Transactions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What clients asked and heard. Used by one thread. */
final class Ledger {
    private static final long MOST_STEPS = 400_000;

    private final History history;
    private final Map<Key, List<Call<Register.Input, Register.Output>>> registers = new TreeMap<>();
    private final List<Call<Transactions.Input, Transactions.Output>> transactions = new ArrayList<>();
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private long newest = 1;
    private long undecided;
    private long checked;

    Ledger(History history) {
        this.history = history;
    }

    private record Acknowledged(Key key, String value, long revision) {}

    /** No answer that reached a client told of a newer revision. */
    long newest() {
        return newest;
    }

    /** A client learnt that the store was at this revision. */
    void heard(long revision) {
        newest = Math.max(newest, revision);
    }

    /** A client learnt that its write was made. */
    void acknowledged(Key key, String value, long revision) {
        Acknowledged fresh = new Acknowledged(key, value, revision);
        acknowledged.add(fresh);
        check(fresh);
        heard(revision);
    }

    private void check(Acknowledged write) {
        boolean isThere = write.revision() <= history.newest()
                && history.events(write.revision()).stream()
                        .anyMatch(event -> event.type() == Event.Type.PUT
                                && event.now().key().equals(write.key())
                                && event.now().value().utf8().equals(write.value()));
        Violation.unless(isThere, "an acknowledged write is never lost", "%s", write);
    }

    void call(Key key, Call<Register.Input, Register.Output> call) {
        registers.computeIfAbsent(key, fresh -> new ArrayList<>()).add(call);
    }

    void call(Call<Transactions.Input, Transactions.Output> call) {
        transactions.add(call);
    }

    long undecided() {
        return undecided;
    }

    long checked() {
        return checked;
    }

    void checkAll() {
        acknowledged.forEach(this::check);
        registers.forEach((key, calls) ->
                judge(key.toString(), calls, new LinearizabilityChecker<>(new Register(), MOST_STEPS).check(calls)));
        judge(
                "transactions",
                transactions,
                new LinearizabilityChecker<>(new Transactions(), MOST_STEPS).check(transactions));
    }

    private <I, O> void judge(String what, List<Call<I, O>> calls, Finding<I, O> finding) {
        checked += calls.size();
        switch (finding) {
            case Finding.Linearizable<I, O> ignored -> {}
            case Finding.Undecided<I, O> ignored -> undecided++;
            case Finding.Violated<I, O> violated ->
                throw new Violation(
                        "linearizability",
                        "%s: after %d of %d calls none of %s can be next"
                                .formatted(what, violated.longest().size(), calls.size(), violated.stuck()));
        }
    }
}
