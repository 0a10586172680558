package io.kvorum.simulation;

import io.kvorum.engine.Answered;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.Fence;
import io.kvorum.engine.StoreException;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import io.kvorum.simulation.linearizability.Call;
import io.kvorum.simulation.linearizability.Register;
import io.kvorum.simulation.linearizability.Transactions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Asks one thing after the other, of whichever member comes along, and judges each answer. Used by one thread. */
final class Client {
    private static final int REGISTERS = 4;
    private static final int SHARED = 3;

    private final int id;
    private final World world;
    private final Cluster cluster;
    private final Ledger ledger;
    private final Fences fences;
    private int lastWrite;
    private boolean isOver;
    private boolean isBusy;

    Client(int id, World world, Cluster cluster, Ledger ledger, Fences fences) {
        this.id = id;
        this.world = world;
        this.cluster = cluster;
        this.ledger = ledger;
        this.fences = fences;
    }

    void start() {
        world.agenda().in(world.agenda().between(500, 25_000), "client", this::act);
    }

    void stop() {
        isOver = true;
    }

    boolean isBusy() {
        return isBusy;
    }

    private void act() {
        if (isOver) {
            return;
        }
        SimulatedMember member = cluster.any();
        if (member == null) {
            start();
            return;
        }
        isBusy = true;
        int dice = world.agenda().random().nextInt(100);
        world.agenda().note("client " + dice);
        if (dice < 22) {
            put(member);
        } else if (dice < 28) {
            delete(member);
        } else if (dice < 42) {
            putIf(member);
        } else if (dice < 58) {
            get(member);
        } else if (dice < 74) {
            transact(member);
        } else if (dice < 90) {
            range(member);
        } else if (dice < 94) {
            compact(member);
        } else {
            putFenced(member);
        }
    }

    /** The way of an answer back to the client takes time, and sometimes it does not arrive. */
    private <T> Consumer<Outcome<T>> onTheWay(Consumer<Outcome<T>> then) {
        return outcome -> {
            if (outcome instanceof Outcome.Failed<T> failed) {
                Violation.unless(
                        failed.failure() instanceof StoreException,
                        "a call fails for a reason",
                        "%s",
                        failed.failure());
            }
            Outcome<T> arriving = world.agenda().chance(0.02) ? new Outcome.Silence<>() : outcome;
            world.agenda().in(world.agenda().between(100, 3_000), "answer", () -> {
                then.accept(arriving);
                isBusy = false;
                start();
            });
        };
    }

    private <T> void write(SimulatedMember member, Supplier<T> act, Consumer<Outcome<T>> then) {
        member.calls().write(act, onTheWay(then));
    }

    private <T> void read(SimulatedMember member, Supplier<T> act, Consumer<Outcome<T>> then) {
        member.calls().read(act, onTheWay(then));
    }

    private Key register() {
        return Key.of("r" + world.agenda().random().nextInt(REGISTERS));
    }

    private String freshValue() {
        return id + "-" + ++lastWrite;
    }

    private static Operation.Txn only(Operation operation) {
        return new Operation.Txn(List.of(), List.of(operation), List.of());
    }

    /** Whether a write that failed so has surely not happened and never will. */
    static boolean isRefusal(Outcome<?> outcome) {
        return outcome instanceof Outcome.Failed<?> failed
                && (failed.failure() instanceof StoreException.NoQuorum
                        || failed.failure() instanceof StoreException.Busy
                        || failed.failure() instanceof StoreException.Deposed
                        || failed.failure() instanceof StoreException.Compacted
                        || failed.failure() instanceof StoreException.FutureRevision
                        || failed.failure() instanceof StoreException.LeaseNotFound
                        || failed.failure() instanceof StoreException.Invalid);
    }

    private void put(SimulatedMember member) {
        Key key = register();
        String value = freshValue();
        long calledAt = world.agenda().step();
        long floor = ledger.newest();
        Operation.Txn txn = only(new Operation.Put(key, Bytes.utf8(value)));
        Register.Input input = new Register.Input.Write(Optional.of(value));
        this.<Answered<Answer.OfTxn>>write(member, () -> member.store().txn(txn), outcome -> {
            note(key, input, outcome, new Register.Output.Written(), calledAt);
            Answered<Answer.OfTxn> answered = outcome.answer();
            if (answered != null) {
                checkAbove(floor, answered.revision().value());
                ledger.acknowledged(key, value, answered.revision().value());
            }
        });
    }

    private static void checkAbove(long floor, long revision) {
        Violation.unless(
                revision > floor,
                "revisions follow real time",
                "a write at %d was asked for after %d",
                revision,
                floor);
    }

    private void note(Key key, Register.Input input, Outcome<?> outcome, Register.Output output, long calledAt) {
        if (outcome instanceof Outcome.Answered<?>) {
            ledger.call(key, new Call<>(input, output, calledAt, world.agenda().step()));
        } else if (!isRefusal(outcome)) {
            ledger.call(key, Call.unanswered(input, calledAt));
        }
    }

    private void delete(SimulatedMember member) {
        Key key = register();
        long calledAt = world.agenda().step();
        Operation.Txn txn = only(new Operation.DeleteRange(KeyRange.single(key), true));
        Register.Input input = new Register.Input.Write(Optional.empty());
        this.<Answered<Answer.OfTxn>>write(member, () -> member.store().txn(txn), outcome -> {
            note(key, input, outcome, new Register.Output.Written(), calledAt);
            Answered<Answer.OfTxn> answered = outcome.answer();
            if (answered != null) {
                ledger.heard(answered.revision().value());
            }
        });
    }

    private void putIf(SimulatedMember member) {
        Key key = register();
        KeyValue now = world.history().state(world.history().newest()).get(key);
        Optional<String> expected =
                Optional.ofNullable(now).map(each -> each.value().utf8());
        String value = freshValue();
        long calledAt = world.agenda().step();
        Compare compare = expected.<Compare>map(
                        each -> new Compare.OfValue(KeyRange.single(key), Compare.Relation.EQUAL, Bytes.utf8(each)))
                .orElseGet(() -> Compare.isMissing(key));
        Operation.Txn txn =
                new Operation.Txn(List.of(compare), List.of(new Operation.Put(key, Bytes.utf8(value))), List.of());
        Register.Input input = new Register.Input.WriteIf(expected, value);
        this.<Answered<Answer.OfTxn>>write(member, () -> member.store().txn(txn), outcome -> {
            Answered<Answer.OfTxn> answered = outcome.answer();
            boolean isEqual = answered != null && answered.answer().succeeded();
            note(key, input, outcome, new Register.Output.Compared(isEqual), calledAt);
            if (answered != null && isEqual) {
                ledger.acknowledged(key, value, answered.revision().value());
            }
        });
    }

    private void get(SimulatedMember member) {
        Key key = register();
        long calledAt = world.agenda().step();
        long floor = ledger.newest();
        Operation.Range range = new Operation.Range(KeyRange.single(key));
        this.<Answered<Answer.OfRange>>read(
                member, () -> member.store().range(range, Consistency.LINEARIZABLE), outcome -> {
                    Answered<Answer.OfRange> answered = outcome.answer();
                    if (answered != null) {
                        checkFresh(floor, answered.revision().value());
                        checkRange(range, answered);
                        Optional<String> value = answered.answer().items().stream()
                                .map(item -> item.value().utf8())
                                .findFirst();
                        note(key, new Register.Input.Read(), outcome, new Register.Output.Value(value), calledAt);
                        ledger.heard(answered.revision().value());
                    }
                });
    }

    private void checkFresh(long floor, long revision) {
        Violation.unless(
                revision >= floor, "a linearizable read is never stale", "it saw %d, %d was known", revision, floor);
    }

    private void checkRange(Operation.Range range, Answered<Answer.OfRange> answered) {
        long at = range.at().equals(Revision.ZERO)
                ? answered.revision().value()
                : range.at().value();
        List<KeyValue> expected = world.history().items(at, range.range());
        Violation.unless(
                answered.answer().items().equals(expected) && answered.answer().count() == expected.size(),
                "a range is a piece of history",
                "at %d: %s, not %s",
                at,
                answered.answer(),
                expected);
    }

    private void transact(SimulatedMember member) {
        Transactions.Input input = randomTransaction();
        List<Operation> reads = input.reads().stream()
                .<Operation>map(key -> new Operation.Range(KeyRange.single(Key.of(key))))
                .toList();
        List<Operation> success = new ArrayList<>();
        input.writes()
                .forEach((key, value) ->
                        success.add(value.<Operation>map(put -> new Operation.Put(Key.of(key), Bytes.utf8(put)))
                                .orElseGet(() -> new Operation.DeleteRange(KeyRange.single(Key.of(key)), false))));
        success.addAll(reads);
        List<Compare> compares = new ArrayList<>();
        input.expected()
                .forEach((key, value) -> compares.add(value.<Compare>map(each -> new Compare.OfValue(
                                KeyRange.single(Key.of(key)), Compare.Relation.EQUAL, Bytes.utf8(each)))
                        .orElseGet(() -> Compare.isMissing(Key.of(key)))));
        Operation.Txn txn = new Operation.Txn(compares, success, reads);
        long calledAt = world.agenda().step();
        Supplier<Answered<Answer.OfTxn>> act = () -> member.store().txn(txn);
        Consumer<Outcome<Answered<Answer.OfTxn>>> judge = outcome -> noteTransaction(input, outcome, calledAt);
        if (input.writes().isEmpty()) {
            read(member, act, judge);
        } else {
            write(member, act, judge);
        }
    }

    private Transactions.Input randomTransaction() {
        Map<String, Optional<String>> expected = new TreeMap<>();
        Map<String, Optional<String>> writes = new TreeMap<>();
        List<String> reads = new ArrayList<>();
        String value = freshValue();
        for (int i = 0; i < SHARED; i++) {
            String key = "t" + i;
            if (world.agenda().chance(0.3)) {
                KeyValue now = world.history().state(world.history().newest()).get(Key.of(key));
                expected.put(
                        key, Optional.ofNullable(now).map(each -> each.value().utf8()));
            }
            if (world.agenda().chance(0.6)) {
                writes.put(key, world.agenda().chance(0.85) ? Optional.of(value) : Optional.empty());
            }
            if (world.agenda().chance(0.5)) {
                reads.add(key);
            }
        }
        return new Transactions.Input(expected, writes, reads);
    }

    private void noteTransaction(Transactions.Input input, Outcome<Answered<Answer.OfTxn>> outcome, long calledAt) {
        Answered<Answer.OfTxn> answered = outcome.answer();
        if (answered == null) {
            if (!isRefusal(outcome)) {
                ledger.call(Call.unanswered(input, calledAt));
            }
            return;
        }
        List<Optional<String>> values = answered.answer().answers().stream()
                .filter(Answer.OfRange.class::isInstance)
                .map(Answer.OfRange.class::cast)
                .map(range ->
                        range.items().stream().map(item -> item.value().utf8()).findFirst())
                .toList();
        boolean succeeded = answered.answer().succeeded();
        ledger.call(new Call<>(
                input,
                new Transactions.Output(succeeded, values),
                calledAt,
                world.agenda().step()));
        if (succeeded) {
            input.writes()
                    .forEach((key, value) -> value.ifPresent(put -> ledger.acknowledged(
                            Key.of(key), put, answered.revision().value())));
        }
    }

    private void range(SimulatedMember member) {
        boolean isLinearizable = world.agenda().chance(0.4);
        boolean isOld = world.agenda().chance(0.6);
        long at = isOld ? Math.max(1, world.history().newest() - world.agenda().between(-1, 25)) : 0;
        KeyRange keys = world.agenda().chance(0.5) ? KeyRange.all() : KeyRange.prefix(Key.of("t"));
        Operation.Range range = new Operation.Range(keys, new Revision(at), 0);
        long floor = isLinearizable ? ledger.newest() : member.seen();
        long compacted = member.compacted();
        Consumer<Outcome<Answered<Answer.OfRange>>> judge = outcome -> {
            if (outcome instanceof Outcome.Failed<?> failed
                    && failed.failure() instanceof StoreException.Compacted refusal) {
                Violation.unless(
                        at != 0 && at < refusal.compacted().value(), "compaction answers", "%d: %s", at, refusal);
            }
            Answered<Answer.OfRange> answered = outcome.answer();
            if (answered != null) {
                Violation.unless(at == 0 || at >= compacted, "compaction answers", "%d of %d", at, compacted);
                checkFresh(floor, answered.revision().value());
                checkRange(range, answered);
                if (isLinearizable) {
                    ledger.heard(answered.revision().value());
                }
            }
        };
        if (isLinearizable) {
            this.<Answered<Answer.OfRange>>read(
                    member, () -> member.store().range(range, Consistency.LINEARIZABLE), judge);
        } else {
            this.<Answered<Answer.OfRange>>read(
                    member, () -> member.store().range(range, Consistency.SERIALIZABLE), judge);
        }
    }

    private void compact(SimulatedMember member) {
        Revision to = new Revision(
                Math.max(1, world.history().newest() - world.agenda().between(0, 15)));
        this.<Boolean>write(
                member,
                () -> {
                    member.store().compact(to);
                    return true;
                },
                outcome -> {});
    }

    private void putFenced(SimulatedMember member) {
        Fence fence = fences.pick();
        if (fence == null) {
            put(member);
            return;
        }
        Key key = Fences.KEY;
        String value = "f" + fence.term() + ":" + freshValue();
        Operation.Txn txn = only(new Operation.Put(key, Bytes.utf8(value)));
        this.<Answered<Answer.OfTxn>>write(member, () -> member.store().txn(txn, fence), outcome -> {
            Answered<Answer.OfTxn> answered = outcome.answer();
            if (answered != null) {
                ledger.acknowledged(key, value, answered.revision().value());
            }
        });
        Bytes entry = member.takeProposing();
        if (entry != null) {
            world.commits().fenced(entry, fence.term());
            fences.wrote(value, entry, fence);
        }
    }
}
