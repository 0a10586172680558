package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Every key with its history, in order. One thread at a time writes; any thread reads meanwhile. */
final class KeyIndex {
    private final ConcurrentNavigableMap<Key, KeyHistory> keys = new ConcurrentSkipListMap<>();

    KeyHistory history(Key key) {
        return keys.getOrDefault(key, KeyHistory.EMPTY);
    }

    void write(Key key, KeyHistory history) {
        if (history.isEmpty()) {
            keys.remove(key);
        } else {
            keys.put(key, history);
        }
    }

    NavigableMap<Key, KeyHistory> in(KeyRange range) {
        Bytes end = range.end();
        if (end != null && end.compareTo(range.start()) <= 0) {
            return new ConcurrentSkipListMap<>();
        }
        if (range.start().isEmpty()) {
            return end == null ? keys : keys.headMap(new Key(end), false);
        }
        Key start = new Key(range.start());
        return end == null ? keys.tailMap(start, true) : keys.subMap(start, true, new Key(end), false);
    }

    Map.@Nullable Entry<Key, KeyHistory> first() {
        return keys.firstEntry();
    }

    Map.@Nullable Entry<Key, KeyHistory> after(Key key) {
        return keys.higherEntry(key);
    }
}
