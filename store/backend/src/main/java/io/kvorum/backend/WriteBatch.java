package io.kvorum.backend;

import io.kvorum.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes that reach the disk all together or not at all; used by one thread. */
public final class WriteBatch {
    private final List<Write> writes = new ArrayList<>();

    public void put(String table, Bytes key, Bytes value) {
        writes.add(new Write(table, key, value));
    }

    public void delete(String table, Bytes key) {
        writes.add(new Write(table, key, null));
    }

    List<Write> writes() {
        return writes;
    }

    /** @param value null deletes the key */
    record Write(String table, Bytes key, @Nullable Bytes value) {}
}
