package io.kvorum.mvcc;

import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Which branch each transaction takes. As in etcd, all of them, nested ones too, are decided on the state before the
 * first operation runs.
 *
 * @param nested one for each nested transaction of the branch taken, in order
 */
record TxnPath(Operation.Txn txn, boolean succeeds, List<TxnPath> nested) {
    static TxnPath decide(Operation.Txn txn, KeyIndex index, RangeReader reader, LeaseBook leases) {
        boolean succeeds = true;
        for (Compare compare : txn.compares()) {
            succeeds = succeeds && holds(compare, index, reader, leases);
        }
        List<TxnPath> nested = new ArrayList<>();
        for (Operation operation : succeeds ? txn.success() : txn.failure()) {
            if (operation instanceof Operation.Txn inner) {
                nested.add(decide(inner, index, reader, leases));
            }
        }
        return new TxnPath(txn, succeeds, nested);
    }

    List<Operation> branch() {
        return succeeds ? txn.success() : txn.failure();
    }

    private static boolean holds(Compare compare, KeyIndex index, RangeReader reader, LeaseBook leases) {
        Iterator<Map.Entry<Key, KeyHistory>> entries =
                index.in(compare.range()).entrySet().iterator();
        boolean found = false;
        while (entries.hasNext()) {
            Map.Entry<Key, KeyHistory> entry = entries.next();
            if (entry.getValue().isAlive()) {
                found = true;
                if (!holdsFor(entry.getKey(), entry.getValue(), compare, reader, leases)) {
                    return false;
                }
            }
        }
        return found || holdsForMissing(compare);
    }

    private static boolean holdsFor(
            Key key, KeyHistory history, Compare compare, RangeReader reader, LeaseBook leases) {
        return switch (compare) {
            case Compare.OfNumber number ->
                relates(Long.compare(number(number.target(), key, history, leases), number.expected()), number);
            case Compare.OfValue value -> {
                KeyValue item = reader.item(key, history.revision(history.aliveAt(Long.MAX_VALUE)));
                yield relates(item.value().compareTo(value.expected()), value);
            }
        };
    }

    static boolean holdsForMissing(Compare compare) {
        return switch (compare) {
            case Compare.OfNumber number -> relates(Long.compare(Revision.ZERO.value(), number.expected()), number);
            case Compare.OfValue ignored -> false;
        };
    }

    private static long number(Compare.Target target, Key key, KeyHistory history, LeaseBook leases) {
        return switch (target) {
            case VERSION -> history.version();
            case CREATED -> history.created();
            case MODIFIED -> history.modified();
            case LEASE -> leases.of(key).value();
        };
    }

    static boolean relates(int comparison, Compare compare) {
        return switch (compare.relation()) {
            case EQUAL -> comparison == 0;
            case NOT_EQUAL -> comparison != 0;
            case GREATER -> comparison > 0;
            case LESS -> comparison < 0;
        };
    }
}
