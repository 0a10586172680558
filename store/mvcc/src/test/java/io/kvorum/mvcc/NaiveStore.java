package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** etcd's data model as plainly as it can be said: a whole copy of the keys for every revision. */
final class NaiveStore {
    private final List<NavigableMap<Key, KeyValue>> stateAt = new ArrayList<>();
    final List<List<Event>> eventsAt = new ArrayList<>();
    final Set<Long> leases = new TreeSet<>();
    long compacted;

    NaiveStore() {
        for (int revision = 0; revision <= 1; revision++) {
            stateAt.add(new TreeMap<>());
            eventsAt.add(List.of());
        }
    }

    long revision() {
        return stateAt.size() - 1L;
    }

    NavigableMap<Key, KeyValue> state(long revision) {
        return stateAt.get((int) revision);
    }

    Applied apply(Command command) {
        return switch (command) {
            case Command.Transact transact -> transact(transact.txn());
            case Command.Compact compact -> compact(compact.revision().value());
            case Command.LeaseGrant grant ->
                leases.add(grant.id().value())
                        ? done(new Outcome.LeaseGranted(new Lease(grant.id(), grant.ttlSeconds(), 0)))
                        : done(new Outcome.LeaseExists(grant.id()));
            case Command.LeaseRevoke revoke -> revoke(revoke.id());
            case Command.LeaseExpire expire -> revoke(expire.id());
            case Command.LeaseCheckpoint checkpoint ->
                done(
                        leases.contains(checkpoint.id().value())
                                ? new Outcome.LeaseCheckpointed()
                                : new Outcome.LeaseMissing(checkpoint.id()));
            case Command.LeaseProbe ignored -> done(new Outcome.Changed());
            case Command.ChangeAlarm ignored -> done(new Outcome.Changed());
            case Command.DescribeMember ignored -> done(new Outcome.Changed());
            case Command.ForgetMember ignored -> done(new Outcome.Changed());
            case Command.ChangeAuth ignored -> done(new Outcome.Changed());
            case Command.Authorized authorized -> apply(authorized.command());
        };
    }

    private Applied done(Outcome outcome) {
        return new Applied(new Revision(revision()), outcome, List.of());
    }

    private Applied compact(long to) {
        if (to <= compacted) {
            return done(new Outcome.RevisionCompacted(new Revision(compacted)));
        }
        if (to > revision()) {
            return done(new Outcome.RevisionInFuture(new Revision(to), new Revision(revision())));
        }
        compacted = to;
        return done(new Outcome.Compacted());
    }

    private Applied revoke(LeaseId id) {
        if (!leases.remove(id.value())) {
            return done(new Outcome.LeaseMissing(id));
        }
        Draft draft = new Draft();
        for (KeyValue item : state(revision()).values()) {
            if (item.lease().equals(id)) {
                draft.delete(item.key());
            }
        }
        return draft.finish(new Outcome.LeaseRevoked());
    }

    private Applied transact(Operation.Txn txn) {
        if (writesTwice(txn)) {
            return done(new Outcome.Malformed("duplicate key given in txn request"));
        }
        Map<Operation.Txn, Boolean> decided = new HashMap<>();
        decide(txn, decided);
        Outcome.Refused refused = refusal(txn, decided);
        if (refused != null) {
            return done(refused);
        }
        Draft draft = new Draft();
        Answer.OfTxn answer = draft.run(txn, decided);
        return draft.finish(new Outcome.Transacted(answer));
    }

    /** Expands every way through the transaction and looks whether one of them writes a key twice. */
    private static boolean writesTwice(Operation.Txn txn) {
        return paths(txn, List.of()).stream().anyMatch(NaiveStore::isClash);
    }

    /** @param address the place in the outermost branch, then the place in the branch of the nested transaction there... */
    private record Placed(List<Integer> address, Operation operation) {}

    private static List<List<Placed>> paths(Operation.Txn txn, List<Integer> address) {
        List<List<Placed>> paths = new ArrayList<>(paths(txn.success(), address));
        paths.addAll(paths(txn.failure(), address));
        return paths;
    }

    private static List<List<Placed>> paths(List<Operation> branch, List<Integer> address) {
        List<List<Placed>> paths = new ArrayList<>();
        paths.add(List.of());
        for (int place = 0; place < branch.size(); place++) {
            List<Integer> here = new ArrayList<>(address);
            here.add(place);
            List<List<Placed>> tails = branch.get(place) instanceof Operation.Txn nested
                    ? paths(nested, here)
                    : List.of(List.of(new Placed(here, branch.get(place))));
            List<List<Placed>> longer = new ArrayList<>();
            for (List<Placed> path : paths) {
                for (List<Placed> tail : tails) {
                    List<Placed> both = new ArrayList<>(path);
                    both.addAll(tail);
                    longer.add(both);
                }
            }
            paths = longer;
        }
        return paths;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isClash(List<Placed> path) {
        for (Placed one : path) {
            for (Placed other : path) {
                if (one != other
                        && one.operation() instanceof Operation.Put put
                        && writes(other.operation(), put.key())
                        && !isToleratedDelete(one, other)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** etcd does not look for deletes in a nested transaction that comes after the one with the put. */
    private static boolean isToleratedDelete(Placed put, Placed other) {
        int level = 0;
        while (put.address().get(level).equals(other.address().get(level))) {
            level++;
        }
        return other.operation() instanceof Operation.DeleteRange
                && put.address().size() > level + 1
                && other.address().size() > level + 1
                && put.address().get(level) < other.address().get(level);
    }

    private static boolean writes(Operation operation, Key key) {
        return switch (operation) {
            case Operation.Put put -> put.key().equals(key);
            case Operation.DeleteRange delete -> delete.range().contains(key);
            case Operation.Range ignored -> false;
            case Operation.Txn ignored -> false;
        };
    }

    private void decide(Operation.Txn txn, Map<Operation.Txn, Boolean> decided) {
        boolean succeeds = txn.compares().stream().allMatch(this::holds);
        decided.put(txn, succeeds);
        for (Operation operation : succeeds ? txn.success() : txn.failure()) {
            if (operation instanceof Operation.Txn nested) {
                decide(nested, decided);
            }
        }
    }

    private boolean holds(Compare compare) {
        List<KeyValue> items = state(revision()).values().stream()
                .filter(item -> compare.range().contains(item.key()))
                .toList();
        return switch (compare) {
            case Compare.OfValue value ->
                !items.isEmpty()
                        && items.stream().allMatch(item -> relates(item.value().compareTo(value.expected()), compare));
            case Compare.OfNumber number ->
                items.isEmpty()
                        ? relates(Long.compare(0, number.expected()), compare)
                        : items.stream()
                                .allMatch(item -> relates(
                                        Long.compare(number(item, number.target()), number.expected()), compare));
        };
    }

    private static long number(KeyValue item, Compare.Target target) {
        return switch (target) {
            case VERSION -> item.version();
            case CREATED -> item.created().value();
            case MODIFIED -> item.modified().value();
            case LEASE -> item.lease().value();
        };
    }

    private static boolean relates(int comparison, Compare compare) {
        return switch (compare.relation()) {
            case EQUAL -> comparison == 0;
            case NOT_EQUAL -> comparison != 0;
            case GREATER -> comparison > 0;
            case LESS -> comparison < 0;
        };
    }

    private Outcome.Refused refusal(Operation.Txn txn, Map<Operation.Txn, Boolean> decided) {
        for (Operation operation : decided.get(txn) ? txn.success() : txn.failure()) {
            Outcome.Refused refused = switch (operation) {
                case Operation.Put put -> refusal(put);
                case Operation.Range range -> refusal(range.at().value());
                case Operation.DeleteRange ignored -> null;
                case Operation.Txn nested -> refusal(nested, decided);
            };
            if (refused != null) {
                return refused;
            }
        }
        return null;
    }

    private Outcome.Refused refusal(Operation.Put put) {
        if (put.lease().value() != 0 && !leases.contains(put.lease().value())) {
            return new Outcome.LeaseMissing(put.lease());
        }
        boolean keeps = put.keepsValue() || put.keepsLease();
        return keeps && !state(revision()).containsKey(put.key()) ? new Outcome.Malformed("key not found") : null;
    }

    Outcome.Refused refusal(long at) {
        if (at > revision()) {
            return new Outcome.RevisionInFuture(new Revision(at), new Revision(revision()));
        }
        return at != 0 && at < compacted ? new Outcome.RevisionCompacted(new Revision(compacted)) : null;
    }

    static Answer.OfRange range(Operation.Range range, NavigableMap<Key, KeyValue> state) {
        List<KeyValue> inRange = state.values().stream()
                .filter(item -> range.range().contains(item.key()))
                .toList();
        if (range.countOnly()) {
            return new Answer.OfRange(List.of(), inRange.size(), false);
        }
        List<KeyValue> chosen = inRange.stream()
                .filter(item -> passes(range.filter(), item))
                .sorted(order(range))
                .map(item -> range.keysOnly() ? withoutValue(item) : item)
                .toList();
        boolean more = range.limit() > 0 && chosen.size() > range.limit();
        return new Answer.OfRange(more ? chosen.subList(0, (int) range.limit()) : chosen, inRange.size(), more);
    }

    private static KeyValue withoutValue(KeyValue item) {
        return new KeyValue(item.key(), Bytes.EMPTY, item.created(), item.modified(), item.version(), item.lease());
    }

    private static boolean passes(Operation.RevisionFilter filter, KeyValue item) {
        long modified = item.modified().value();
        long created = item.created().value();
        return modified >= filter.minModified()
                && modified <= (filter.maxModified() == 0 ? Long.MAX_VALUE : filter.maxModified())
                && created >= filter.minCreated()
                && created <= (filter.maxCreated() == 0 ? Long.MAX_VALUE : filter.maxCreated());
    }

    private static Comparator<KeyValue> order(Operation.Range range) {
        Comparator<KeyValue> order = switch (range.target()) {
            case KEY -> Comparator.comparing(KeyValue::key);
            case VERSION -> Comparator.comparingLong(KeyValue::version);
            case CREATED -> Comparator.comparing(KeyValue::created);
            case MODIFIED -> Comparator.comparing(KeyValue::modified);
            case VALUE -> Comparator.comparing(KeyValue::value);
        };
        return range.order() == Operation.SortOrder.DESCENDING ? order.reversed() : order;
    }

    /** The state under a transaction in progress. */
    private final class Draft {
        private final NavigableMap<Key, KeyValue> state = new TreeMap<>(state(revision()));
        private final List<Event> events = new ArrayList<>();
        private final Revision next = new Revision(revision() + 1);

        Answer.OfTxn run(Operation.Txn txn, Map<Operation.Txn, Boolean> decided) {
            List<Answer> answers = new ArrayList<>();
            for (Operation operation : decided.get(txn) ? txn.success() : txn.failure()) {
                answers.add(
                        switch (operation) {
                            case Operation.Put put -> put(put);
                            case Operation.DeleteRange delete -> delete(delete);
                            case Operation.Range range ->
                                range(
                                        range,
                                        range.at().value() == 0
                                                ? state
                                                : state(range.at().value()));
                            case Operation.Txn nested -> run(nested, decided);
                        });
            }
            return new Answer.OfTxn(decided.get(txn), answers);
        }

        private Answer put(Operation.Put put) {
            KeyValue before = state.get(put.key());
            KeyValue now = new KeyValue(
                    put.key(),
                    put.keepsValue() ? before.value() : put.value(),
                    before == null ? next : before.created(),
                    next,
                    before == null ? 1 : before.version() + 1,
                    put.keepsLease() ? before.lease() : put.lease());
            state.put(put.key(), now);
            events.add(new Event(Event.Type.PUT, now, null));
            return new Answer.OfPut(put.wantsPrevious() ? before : null);
        }

        private Answer delete(Operation.DeleteRange delete) {
            List<KeyValue> previous = new ArrayList<>();
            for (Key key : List.copyOf(state.keySet())) {
                if (delete.range().contains(key)) {
                    previous.add(delete(key));
                }
            }
            return new Answer.OfDelete(previous.size(), delete.wantsPrevious() ? previous : List.of());
        }

        KeyValue delete(Key key) {
            events.add(new Event(
                    Event.Type.DELETE, new KeyValue(key, Bytes.EMPTY, Revision.ZERO, next, 0, LeaseId.NONE), null));
            return state.remove(key);
        }

        Applied finish(Outcome outcome) {
            if (events.isEmpty()) {
                return done(outcome);
            }
            stateAt.add(state);
            eventsAt.add(List.copyOf(events));
            return new Applied(next, outcome, events);
        }
    }

    /** What a watch of the range must see from a revision on. */
    List<Event> events(KeyRange range, long from) {
        List<Event> seen = new ArrayList<>();
        for (int at = (int) from; at < eventsAt.size(); at++) {
            eventsAt.get(at).stream()
                    .filter(event -> range.contains(event.now().key()))
                    .forEach(seen::add);
        }
        return seen;
    }
}
