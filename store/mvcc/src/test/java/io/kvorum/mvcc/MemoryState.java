package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A disk in memory. */
final class MemoryState implements StoredState {
    private final Map<Table, NavigableMap<Bytes, Bytes>> tables = new EnumMap<>(Table.class);

    MemoryState() {
        for (Table table : Table.values()) {
            tables.put(table, new TreeMap<>());
        }
    }

    void commit(Changes changes) {
        for (Changes.Change change : changes.list()) {
            if (change.value() == null) {
                table(change.table()).remove(change.key());
            } else {
                table(change.table()).put(change.key(), change.value());
            }
        }
    }

    int count(Table table) {
        return table(table).size();
    }

    private NavigableMap<Bytes, Bytes> table(Table table) {
        return tables.computeIfAbsent(table, missing -> new TreeMap<>());
    }

    @Override
    public @Nullable Bytes read(Table table, Bytes key) {
        return table(table).get(key);
    }

    @Override
    public void scan(Table table, Bytes from, Visitor visitor) {
        for (Map.Entry<Bytes, Bytes> entry : table(table).tailMap(from, true).entrySet()) {
            if (!visitor.visit(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }
}
