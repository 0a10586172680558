package io.kvorum.engine;

import io.kvorum.backend.WriteBatch;
import io.kvorum.model.Bytes;
import io.kvorum.mvcc.Changes;
import io.kvorum.mvcc.Table;
import io.kvorum.raft.LogPosition;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Applied changes on their way to the file: the last one of each key counts. Whoever holds the pen adds to it until it
 * is on its way; any thread reads meanwhile.
 */
final class Layer {
    /** About what an entry takes in memory beside its bytes. */
    private static final int ENTRY_BYTES = 100;

    private final Map<Table, ConcurrentSkipListMap<Bytes, Changes.Change>> tables = new EnumMap<>(Table.class);
    private final AtomicLong bytes = new AtomicLong();
    private volatile LogPosition upTo = LogPosition.START;

    Layer() {
        Arrays.stream(Table.values()).forEach(table -> tables.put(table, new ConcurrentSkipListMap<>()));
    }

    /** @param position up to where the log's entries are applied once these changes are */
    void add(Changes changes, LogPosition position) {
        for (Changes.Change change : changes.list()) {
            table(change.table()).put(change.key(), change);
        }
        bytes.addAndGet(changes.bytes() + (long) ENTRY_BYTES * changes.list().size());
        upTo = position;
    }

    /** What became of the key; null when this layer does not know it. */
    Changes.@Nullable Change find(Table table, Bytes key) {
        return table(table).get(key);
    }

    NavigableMap<Bytes, Changes.Change> from(Table table, Bytes key) {
        return table(table).tailMap(key, true);
    }

    private ConcurrentSkipListMap<Bytes, Changes.Change> table(Table table) {
        ConcurrentSkipListMap<Bytes, Changes.Change> found = tables.get(table);
        if (found == null) {
            throw new IllegalStateException("a layer has all tables, but not " + table);
        }
        return found;
    }

    WriteBatch toBatch() {
        WriteBatch batch = new WriteBatch();
        tables.forEach((table, entries) -> entries.values().forEach(change -> {
            Bytes value = change.value();
            if (value == null) {
                batch.delete(table.text(), change.key());
            } else {
                batch.put(table.text(), change.key(), value);
            }
        }));
        return batch;
    }

    long bytes() {
        return bytes.get();
    }

    LogPosition upTo() {
        return upTo;
    }

    /** As {@link #add}, for entries that changed nothing. */
    void reach(LogPosition position) {
        upTo = position;
    }
}
