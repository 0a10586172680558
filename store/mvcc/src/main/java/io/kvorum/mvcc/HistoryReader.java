package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the store at revisions that are on disk, beside the writing thread; any thread may use it. A reader whose
 * revision is compacted meanwhile may meet a {@link RecordMissing} or holes: look at {@link Mvcc#compacted()} again
 * after reading.
 */
public final class HistoryReader {
    private final KeyIndex index;

    HistoryReader(KeyIndex index) {
        this.index = index;
    }

    /** @param revision where to read; {@link Operation.Range#at()} is not looked at */
    public Answer.OfRange range(Operation.Range range, Revision revision, StoredState state) {
        return new RangeReader(index, Records.of(state)).read(range, revision.value());
    }

    /** Runs a transaction that writes nothing whichever branch it takes, and reads nothing but the given revision. */
    public Answer.OfTxn txn(Operation.Txn txn, Revision revision, StoredState state) {
        return new TxnReader(index, Records.of(state), revision.value()).run(txn);
    }

    /**
     * etcd's hash over the records up to a revision: members that agree have the same.
     *
     * @param compacted what is compacted at that moment
     */
    public int hash(Revision upTo, Revision compacted, StoredState state) {
        return HistoryHash.of(index, upTo.value(), compacted.value(), state);
    }

    /** The key as it was before the revision; null when it was not there, or when that is compacted. */
    public @Nullable KeyValue before(Key key, Revision revision, StoredState state) {
        KeyHistory history = index.history(key);
        int place = history.aliveAt(revision.value() - 1);
        if (place < 0) {
            return null;
        }
        Bytes record = state.read(Table.RECORDS, history.revision(place).ofValue());
        return record == null ? null : RecordCodec.decode(record);
    }

    /**
     * The events of whole revisions from {@code from} up to at most {@code upTo}, read from disk.
     *
     * @param mostBytes after so many bytes of records the revision under way is the last one
     */
    public Chapter events(KeyRange range, Revision from, Revision upTo, long mostBytes, StoredState state) {
        List<Event> events = new ArrayList<>();
        long[] read = {0};
        long[] last = {upTo.value()};
        long[] current = {from.value()};
        state.scan(Table.RECORDS, RevisionKey.startOf(from.value()), (key, record) -> {
            RevisionKey at = RevisionKey.parse(key);
            if (at.main() > upTo.value()) {
                return false;
            }
            if (at.main() > current[0] && read[0] >= mostBytes) {
                last[0] = current[0];
                return false;
            }
            current[0] = at.main();
            read[0] += record.length() + RevisionKey.LENGTH;
            event(at, key, record, range, events);
            return true;
        });
        return new Chapter(new Revision(last[0]), events);
    }

    private static void event(RevisionKey at, Bytes key, Bytes record, KeyRange range, List<Event> events) {
        Key name = RecordCodec.keyOf(record);
        if (!range.contains(name)) {
            return;
        }
        events.add(
                RevisionKey.isTombstone(key)
                        ? new Event(Event.Type.DELETE, Writer.tombstone(name, at.main()), null)
                        : new Event(Event.Type.PUT, RecordCodec.decode(record), null));
    }

    /**
     * A stretch of history.
     *
     * @param upTo all events up to and including this revision are in it
     */
    public record Chapter(Revision upTo, List<Event> events) {
        public Chapter {
            events = List.copyOf(events);
        }
    }
}
