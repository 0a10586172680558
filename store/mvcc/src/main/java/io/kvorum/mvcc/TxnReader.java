package io.kvorum.mvcc;

import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs transactions that only read, all of it at one revision, beside the writing thread: what it compares comes from
 * the records, since the index tells versions of the newest revision only. Used by one thread, once.
 */
final class TxnReader {
    private final KeyIndex index;
    private final RangeReader reader;
    private final long revision;

    TxnReader(KeyIndex index, Records records, long revision) {
        this.index = index;
        this.reader = new RangeReader(index, records);
        this.revision = revision;
    }

    Answer.OfTxn run(Operation.Txn txn) {
        boolean succeeds = txn.compares().stream().allMatch(this::holds);
        List<Answer> answers = new ArrayList<>();
        for (Operation operation : succeeds ? txn.success() : txn.failure()) {
            answers.add(
                    switch (operation) {
                        case Operation.Range range -> reader.read(range, at(range));
                        case Operation.Txn nested -> run(nested);
                        case Operation.Put put -> throw new IllegalArgumentException("this writes: " + put);
                        case Operation.DeleteRange delete ->
                            throw new IllegalArgumentException("this writes: " + delete);
                    });
        }
        return new Answer.OfTxn(succeeds, answers);
    }

    private long at(Operation.Range range) {
        return range.at().equals(Revision.ZERO) ? revision : range.at().value();
    }

    private boolean holds(Compare compare) {
        boolean found = false;
        for (Map.Entry<Key, KeyHistory> entry : index.in(compare.range()).entrySet()) {
            int place = entry.getValue().aliveAt(revision);
            if (place >= 0) {
                found = true;
                if (!holdsFor(reader.item(entry.getKey(), entry.getValue().revision(place)), compare)) {
                    return false;
                }
            }
        }
        return found || TxnPath.holdsForMissing(compare);
    }

    private static boolean holdsFor(KeyValue item, Compare compare) {
        return switch (compare) {
            case Compare.OfNumber number ->
                TxnPath.relates(Long.compare(number(number.target(), item), number.expected()), number);
            case Compare.OfValue value -> TxnPath.relates(item.value().compareTo(value.expected()), value);
        };
    }

    private static long number(Compare.Target target, KeyValue item) {
        return switch (target) {
            case VERSION -> item.version();
            case CREATED -> item.created().value();
            case MODIFIED -> item.modified().value();
            case LEASE -> item.lease().value();
        };
    }
}
