package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import org.jspecify.annotations.Nullable;

/** What lies on disk, as it stood at one moment; the machine sees disks only through this. Used by one thread. */
public interface StoredState {
    @Nullable
    Bytes read(Table table, Bytes key);

    /** Shows the entries from the key (inclusive) on, in order, until the visitor has had enough. */
    void scan(Table table, Bytes from, Visitor visitor);

    /** Sees entries. */
    @FunctionalInterface
    interface Visitor {
        /** @return whether to go on */
        boolean visit(Bytes key, Bytes value);
    }
}
