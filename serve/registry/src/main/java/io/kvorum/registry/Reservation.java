package io.kvorum.registry;

import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.Operation;
import java.util.List;

/** What else must hold and be written in the transaction that writes an object. */
record Reservation(List<Compare> compares, List<Operation> writes) {
    static final Reservation NONE = new Reservation(List.of(), List.of());

    Reservation {
        compares = List.copyOf(compares);
        writes = List.copyOf(writes);
    }

    boolean isNone() {
        return compares.isEmpty() && writes.isEmpty();
    }
}
