package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import java.util.HashMap;
import java.util.Map;

/** Gathers the state from one scan of the disk at the start; used by one thread, once. */
final class Restoration {
    private final Map<Key, KeyHistory> histories = new HashMap<>();
    private final LeaseBook leases = new LeaseBook();
    private long newest;

    Restoration(StoredState disk) {
        disk.scan(Table.LEASES, Bytes.EMPTY, (key, value) -> {
            leases.restore(Lease.decode(value));
            return true;
        });
        disk.scan(Table.RECORDS, Bytes.EMPTY, (key, record) -> {
            add(key, record);
            return true;
        });
    }

    private void add(Bytes key, Bytes record) {
        RevisionKey at = RevisionKey.parse(key);
        if (RevisionKey.isTombstone(key)) {
            Key name = RecordCodec.keyOf(record);
            write(name, history(name).delete(at.main(), at.sub()));
            leases.attach(name, LeaseId.NONE);
        } else {
            KeyValue item = RecordCodec.decode(record);
            long created = item.created().value();
            write(item.key(), history(item.key()).put(at.main(), at.sub(), created, item.version()));
            boolean isLeased = !item.lease().equals(LeaseId.NONE);
            leases.attach(isLeased ? Writer.ownCopy(item.key()) : item.key(), item.lease());
        }
        newest = at.main();
    }

    private KeyHistory history(Key key) {
        return histories.getOrDefault(key, KeyHistory.EMPTY);
    }

    private void write(Key key, KeyHistory history) {
        if (histories.replace(key, history) == null) {
            histories.put(Writer.ownCopy(key), history);
        }
    }

    KeyIndex index() {
        return KeyIndex.of(histories);
    }

    LeaseBook leases() {
        return leases;
    }

    /** Revision of the last record; 0 without one. */
    long newest() {
        return newest;
    }
}
