package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The writes of one disk batch in the making, readable before they are on disk; used by one thread. */
public final class Changes {
    private final StoredState before;
    private final List<Change> list = new ArrayList<>();
    private final Map<Bytes, Bytes> freshRecords = new HashMap<>();
    private long bytes;

    public Changes(StoredState before) {
        this.before = before;
    }

    void put(Table table, Bytes key, Bytes value) {
        add(new Change(table, key, value));
    }

    void delete(Table table, Bytes key) {
        add(new Change(table, key, null));
    }

    void record(Bytes key, Bytes record) {
        freshRecords.put(key, record);
        put(Table.RECORDS, key, record);
    }

    private void add(Change change) {
        list.add(change);
        bytes += change.key().length()
                + (change.value() == null ? 0 : change.value().length());
    }

    /** A record of this batch or of the disk. */
    Bytes recordAt(RevisionKey revision) {
        Bytes key = revision.ofValue();
        Bytes fresh = freshRecords.get(key);
        return fresh != null ? fresh : Records.mustRead(before, key);
    }

    StoredState before() {
        return before;
    }

    /** In the order they were made; records always in ascending order. */
    public List<Change> list() {
        return Collections.unmodifiableList(list);
    }

    public long bytes() {
        return bytes;
    }

    public boolean isEmpty() {
        return list.isEmpty();
    }

    /** @param value null deletes the key */
    public record Change(Table table, Bytes key, @Nullable Bytes value) {}
}
