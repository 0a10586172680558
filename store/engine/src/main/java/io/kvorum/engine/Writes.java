package io.kvorum.engine;

import io.kvorum.model.Revision;
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

    /** Whether it only reads, whichever branch it takes, and the newest revision only. */
    static boolean areNone(Operation.Txn txn) {
        return areNone(txn.success()) && areNone(txn.failure());
    }

    private static boolean areNone(List<Operation> operations) {
        return operations.stream().allMatch(operation -> switch (operation) {
            case Operation.Put ignored -> false;
            case Operation.DeleteRange ignored -> false;
            case Operation.Range range -> range.at().equals(Revision.ZERO);
            case Operation.Txn txn -> areNone(txn);
        });
    }
}
