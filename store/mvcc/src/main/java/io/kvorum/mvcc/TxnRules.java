package io.kvorum.mvcc;

import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a transaction must not do whatever the state is: write a key twice. Stateless; any thread may call it. */
public final class TxnRules {
    private static final String DUPLICATE = "duplicate key given in txn request";

    private TxnRules() {}

    /** @return what is wrong with the transaction, if anything */
    public static Optional<String> violation(Operation.Txn txn) {
        return writesOf(txn.success()) == null || writesOf(txn.failure()) == null
                ? Optional.of(DUPLICATE)
                : Optional.empty();
    }

    /** @return null when a key may be written twice */
    private static @Nullable Writes writesOf(List<Operation> branch) {
        Writes writes = new Writes(new HashSet<>(), new ArrayList<>());
        for (Operation operation : branch) {
            if (operation instanceof Operation.DeleteRange delete) {
                writes.deleted().add(delete.range());
            }
        }
        for (Operation operation : branch) {
            if (operation instanceof Operation.Txn nested && !addNested(nested, writes)) {
                return null;
            }
        }
        for (Operation operation : branch) {
            if (operation instanceof Operation.Put put
                    && (writes.deletes(put.key()) || !writes.put().add(put.key()))) {
                return null;
            }
        }
        return writes;
    }

    /** Only one branch of the nested transaction will run, so the two may write the same keys. */
    private static boolean addNested(Operation.Txn nested, Writes writes) {
        Writes success = writesOf(nested.success());
        Writes failure = writesOf(nested.failure());
        if (success == null || failure == null) {
            return false;
        }
        Set<Key> either = new HashSet<>(success.put());
        either.addAll(failure.put());
        for (Key key : either) {
            if (writes.deletes(key) || !writes.put().add(key)) {
                return false;
            }
        }
        writes.deleted().addAll(success.deleted());
        writes.deleted().addAll(failure.deleted());
        return true;
    }

    private record Writes(Set<Key> put, List<KeyRange> deleted) {
        boolean deletes(Key key) {
            return deleted.stream().anyMatch(range -> range.contains(key));
        }
    }
}
