package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Reads ranges at a revision: keys from the index, values by revision. Without state of its own. */
final class RangeReader {
    private final KeyIndex index;
    private final Records records;

    RangeReader(KeyIndex index, Records records) {
        this.index = index;
        this.records = records;
    }

    Answer.OfRange read(Operation.Range range, long revision) {
        boolean sees = range.filter().equals(Operation.RevisionFilter.NONE) && sortsByKeyAscending(range);
        long most = range.countOnly() ? 0 : range.limit() == 0 || !sees ? Long.MAX_VALUE : range.limit();
        List<KeyValue> items = new ArrayList<>();
        long count = 0;
        for (Map.Entry<Key, KeyHistory> entry : index.in(range.range()).entrySet()) {
            int place = entry.getValue().aliveAt(revision);
            if (place >= 0) {
                count++;
                if (items.size() < most) {
                    items.add(item(entry.getKey(), entry.getValue().revision(place)));
                }
            }
        }
        if (range.countOnly()) {
            return new Answer.OfRange(List.of(), count, false);
        }
        return sees ? answer(range, items, count, count > items.size()) : selected(range, items, count);
    }

    KeyValue item(Key key, RevisionKey revision) {
        KeyValue stored = RecordCodec.decode(records.at(revision));
        return new KeyValue(key, stored.value(), stored.created(), stored.modified(), stored.version(), stored.lease());
    }

    /** Sorted by something else, or filtered: all items must be seen before the limit cuts. */
    private static Answer.OfRange selected(Operation.Range range, List<KeyValue> items, long count) {
        List<KeyValue> chosen = new ArrayList<>();
        for (KeyValue item : items) {
            if (passes(range.filter(), item)) {
                chosen.add(item);
            }
        }
        if (!sortsByKeyAscending(range)) {
            chosen.sort(order(range));
        }
        boolean more = range.limit() > 0 && chosen.size() > range.limit();
        return answer(range, more ? chosen.subList(0, (int) range.limit()) : chosen, count, more);
    }

    private static Answer.OfRange answer(Operation.Range range, List<KeyValue> items, long count, boolean more) {
        return new Answer.OfRange(range.keysOnly() ? withoutValues(items) : items, count, more);
    }

    private static List<KeyValue> withoutValues(List<KeyValue> items) {
        List<KeyValue> bare = new ArrayList<>(items.size());
        for (KeyValue item : items) {
            bare.add(new KeyValue(
                    item.key(), Bytes.EMPTY, item.created(), item.modified(), item.version(), item.lease()));
        }
        return bare;
    }

    private static boolean passes(Operation.RevisionFilter filter, KeyValue item) {
        long modified = item.modified().value();
        long created = item.created().value();
        return (filter.minModified() == 0 || modified >= filter.minModified())
                && (filter.maxModified() == 0 || modified <= filter.maxModified())
                && (filter.minCreated() == 0 || created >= filter.minCreated())
                && (filter.maxCreated() == 0 || created <= filter.maxCreated());
    }

    private static boolean sortsByKeyAscending(Operation.Range range) {
        return range.target() == Operation.SortTarget.KEY && range.order() != Operation.SortOrder.DESCENDING;
    }

    private static Comparator<KeyValue> order(Operation.Range range) {
        Comparator<KeyValue> ascending = switch (range.target()) {
            case KEY -> Comparator.comparing(KeyValue::key);
            case VERSION -> Comparator.comparingLong(KeyValue::version);
            case CREATED -> Comparator.comparing(KeyValue::created);
            case MODIFIED -> Comparator.comparing(KeyValue::modified);
            case VALUE -> Comparator.comparing(KeyValue::value);
        };
        return range.order() == Operation.SortOrder.DESCENDING ? ascending.reversed() : ascending;
    }
}
