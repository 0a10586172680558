package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the changes of one new revision; used by one thread, once. */
final class Writer {
    private final KeyIndex index;
    private final LeaseBook leases;
    private final Changes changes;
    private final RangeReader reader;
    private final long before;
    private final List<Event> events = new ArrayList<>();

    Writer(KeyIndex index, LeaseBook leases, Changes changes, long before) {
        this.index = index;
        this.leases = leases;
        this.changes = changes;
        this.reader = new RangeReader(index, changes::recordAt);
        this.before = before;
    }

    /** The operations of the branch that was decided on before. */
    Answer.OfTxn run(TxnPath path) {
        List<Answer> answers = new ArrayList<>();
        int nested = 0;
        for (Operation operation : path.branch()) {
            answers.add(
                    switch (operation) {
                        case Operation.Put put -> put(put);
                        case Operation.DeleteRange delete -> delete(delete);
                        case Operation.Range range -> read(range);
                        case Operation.Txn ignored -> run(path.nested().get(nested++));
                    });
        }
        return new Answer.OfTxn(path.succeeds(), answers);
    }

    /** Without a revision of its own, a range sees what the transaction has written so far. */
    private Answer.OfRange read(Operation.Range range) {
        return reader.read(
                range,
                range.at().equals(Revision.ZERO) ? Long.MAX_VALUE : range.at().value());
    }

    private Answer.OfPut put(Operation.Put put) {
        KeyHistory history = index.history(put.key());
        Key key = history.isEmpty() ? ownCopy(put.key()) : put.key();
        KeyValue previous = put.wantsPrevious() || put.keepsValue() ? newest(key, history) : null;
        Bytes value = put.keepsValue() && previous != null ? previous.value() : put.value();
        LeaseId lease = put.keepsLease() ? leases.of(key) : put.lease();
        RevisionKey at = nextPlace();
        KeyHistory after = history.put(at.main(), at.sub());
        KeyValue now = new KeyValue(
                key, value, new Revision(after.created()), new Revision(at.main()), after.version(), lease);
        changes.record(at.ofValue(), RecordCodec.encode(now));
        index.write(key, after);
        leases.attach(lease.equals(LeaseId.NONE) ? key : ownCopy(key), lease);
        events.add(new Event(Event.Type.PUT, now, previous));
        return new Answer.OfPut(put.wantsPrevious() ? previous : null);
    }

    private Answer.OfDelete delete(Operation.DeleteRange delete) {
        List<KeyValue> previous = new ArrayList<>();
        long deleted = 0;
        for (Key key : aliveIn(delete.range())) {
            KeyValue before = delete(key, delete.wantsPrevious());
            if (before != null) {
                previous.add(before);
            }
            deleted++;
        }
        return new Answer.OfDelete(deleted, previous);
    }

    private List<Key> aliveIn(KeyRange range) {
        List<Key> alive = new ArrayList<>();
        for (Map.Entry<Key, KeyHistory> entry : index.in(range).entrySet()) {
            if (entry.getValue().isAlive()) {
                alive.add(entry.getKey());
            }
        }
        return alive;
    }

    /** Deletes the keys of an ended lease, in order. */
    void deleteAll(List<Key> keys) {
        for (Key key : keys) {
            if (index.history(key).isAlive()) {
                delete(key, false);
            }
        }
    }

    private @Nullable KeyValue delete(Key key, boolean wantsPrevious) {
        KeyHistory history = index.history(key);
        KeyValue previous = wantsPrevious ? newest(key, history) : null;
        RevisionKey at = nextPlace();
        KeyValue tombstone = tombstone(key, at.main());
        changes.record(at.ofTombstone(), RecordCodec.encode(tombstone(key, 0)));
        index.write(key, history.delete(at.main(), at.sub()));
        leases.attach(key, LeaseId.NONE);
        events.add(new Event(Event.Type.DELETE, tombstone, previous));
        return previous;
    }

    static KeyValue tombstone(Key key, long modified) {
        return new KeyValue(key, Bytes.EMPTY, Revision.ZERO, new Revision(modified), 0, LeaseId.NONE);
    }

    private @Nullable KeyValue newest(Key key, KeyHistory history) {
        return history.isAlive() ? reader.item(key, history.revision(history.aliveAt(Long.MAX_VALUE))) : null;
    }

    private RevisionKey nextPlace() {
        return new RevisionKey(before + 1, events.size());
    }

    /** The revision afterwards: a new one only if something was changed. */
    long revision() {
        return events.isEmpty() ? before : before + 1;
    }

    List<Event> events() {
        return events;
    }

    /** A key that stays in memory must not keep the request alive that it was cut out of. */
    static Key ownCopy(Key key) {
        return new Key(Bytes.wrap(key.bytes().toByteArray()));
    }
}
