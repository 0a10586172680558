package io.kvorum.etcdserver;

import io.grpc.Context;
import io.grpc.Status;
import io.kvorum.engine.Answered;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.StoreException;
import io.kvorum.engine.WatchBatch;
import io.kvorum.engine.WatchRequest;
import io.kvorum.engine.WatchStream;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.Event;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Standing in line by etcd's recipe: each comer puts a key with its lease under a common prefix, and whose key was
 * created first is served; the next one's turn comes when all keys created before its own are gone. Any thread.
 */
final class Queue {
    private static final Duration LOOK_UP = Duration.ofMillis(500);

    private final EmbeddedStore store;
    private final Gate gate;

    Queue(EmbeddedStore store, Gate gate) {
        this.store = store;
        this.gate = gate;
    }

    /**
     * A place in the line.
     *
     * @param created since when the place is held
     * @param isNew whether it was taken just now
     * @param value what lies at the place
     */
    record Place(Key key, Revision created, boolean isNew, Bytes value) {}

    static Bytes prefix(Bytes name) {
        return name.concat(Bytes.utf8("/"));
    }

    /** Takes a place, or finds the one that the lease has already. */
    Place enter(Bytes name, LeaseId lease, Bytes value) {
        Key key = new Key(prefix(name).concat(Bytes.utf8(Long.toHexString(lease.value()))));
        Operation.Txn txn = new Operation.Txn(
                List.of(new Compare.OfNumber(KeyRange.single(key), Compare.Target.CREATED, Compare.Relation.EQUAL, 0)),
                List.of(new Operation.Put(key, value, lease, false, false, false)),
                List.of(new Operation.Range(KeyRange.single(key))));
        Answered<Answer.OfTxn> answered = run(txn);
        if (answered.answer().succeeded()) {
            return new Place(key, answered.revision(), true, value);
        }
        KeyValue held = ((Answer.OfRange) answered.answer().answers().getFirst())
                .items()
                .getFirst();
        return new Place(key, held.created(), false, held.value());
    }

    /** Waits until everybody who was there before is gone, as long as the caller waits. */
    void awaitTurn(Bytes name, Place place) {
        KeyRange all = KeyRange.prefix(new Key(prefix(name)));
        while (true) {
            Operation.Range before = new Operation.Range(
                    all,
                    Revision.ZERO,
                    1,
                    Operation.SortOrder.DESCENDING,
                    Operation.SortTarget.CREATED,
                    false,
                    false,
                    new Operation.RevisionFilter(0, 0, 0, place.created().value() - 1));
            Answered<Answer.OfRange> answered = store.range(before, Consistency.LINEARIZABLE);
            if (answered.answer().items().isEmpty()) {
                return;
            }
            awaitDeletion(answered.answer().items().getFirst().key(), answered.revision(), place);
        }
    }

    private void awaitDeletion(Key key, Revision since, Place place) {
        WatchRequest request = new WatchRequest(KeyRange.single(key), new Revision(since.value() + 1), false);
        try (WatchStream watch = store.watch(request)) {
            while (true) {
                Optional<WatchBatch> batch = watch.next(LOOK_UP);
                if (batch.isPresent() && batch.get().events().stream().anyMatch(Queue::isDeletion)) {
                    return;
                }
                if (Context.current().isCancelled()) {
                    leave(place.key(), place.created());
                    throw Status.CANCELLED
                            .withDescription("the caller went away")
                            .asRuntimeException();
                }
            }
        } catch (StoreException.Compacted e) {
            // So much has happened that the line must be looked at anew.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Status.CANCELLED.withDescription("the server stops").asRuntimeException();
        }
    }

    private static boolean isDeletion(Event event) {
        return event.type() == Event.Type.DELETE;
    }

    /** Whether the place is still held: its lease may have run out while waiting. */
    boolean isHeld(Place place) {
        Operation.Range range = new Operation.Range(KeyRange.single(place.key()));
        return store.range(range, Consistency.LINEARIZABLE).answer().items().stream()
                .anyMatch(item -> item.created().equals(place.created()));
    }

    /** Whose turn it is. */
    Optional<KeyValue> first(Bytes name) {
        Operation.Range range = new Operation.Range(
                KeyRange.prefix(new Key(prefix(name))),
                Revision.ZERO,
                1,
                Operation.SortOrder.ASCENDING,
                Operation.SortTarget.CREATED,
                false,
                false,
                Operation.RevisionFilter.NONE);
        gate.pass().reads(range.range());
        return store.range(range, Consistency.LINEARIZABLE).answer().items().stream()
                .findFirst();
    }

    /** Writes at a place that is still held since then; false when it is not. */
    boolean write(Key key, Revision created, LeaseId lease, Bytes value) {
        return run(whileHeld(key, created, new Operation.Put(key, value, lease, false, false, false)))
                .answer()
                .succeeded();
    }

    /** Gives up a place, if it is still the same. */
    void leave(Key key, Revision created) {
        Answered<Answer.OfTxn> ignored =
                run(whileHeld(key, created, new Operation.DeleteRange(KeyRange.single(key), false)));
    }

    private static Operation.Txn whileHeld(Key key, Revision created, Operation operation) {
        Compare isSame = new Compare.OfNumber(
                KeyRange.single(key), Compare.Target.CREATED, Compare.Relation.EQUAL, created.value());
        return new Operation.Txn(List.of(isSame), List.of(operation), List.of());
    }

    private Answered<Answer.OfTxn> run(Operation.Txn txn) {
        return store.txn(txn, gate.pass().runs(txn).allowance());
    }
}
