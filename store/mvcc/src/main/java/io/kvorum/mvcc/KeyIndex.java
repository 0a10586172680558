package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Every key with its history, in order. One thread at a time writes; any thread reads meanwhile. */
final class KeyIndex {
    private final ConcurrentNavigableMap<Key, KeyHistory> keys = new ConcurrentSkipListMap<>();

    /**
     * Takes over what a scan of the disk has gathered. In ascending order each key lands beside the last one, whose
     * neighbourhood is still in the processor's cache: several times faster than in the order of revisions.
     */
    static KeyIndex of(Map<Key, KeyHistory> gathered) {
        KeyIndex index = new KeyIndex();
        Key[] ascending = gathered.keySet().toArray(new Key[0]);
        Arrays.sort(ascending);
        for (Key key : ascending) {
            index.write(key, gathered.getOrDefault(key, KeyHistory.EMPTY));
        }
        return index;
    }

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
