package io.kvorum.engine;

import io.kvorum.mvcc.Operation;
import java.util.List;

/** What a transaction could write, whichever branch it takes. Stateless; any thread may call it. */
final class Writes {
    private Writes() {}

    static boolean puts(Operation.Txn txn) {
        return puts(txn.success()) || puts(txn.failure());
    }

    private static boolean puts(List<Operation> operations) {
        return operations.stream().anyMatch(operation -> switch (operation) {
            case Operation.Put ignored -> true;
            case Operation.DeleteRange ignored -> false;
            case Operation.Range ignored -> false;
            case Operation.Txn txn -> puts(txn);
        });
    }
}
