package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the watchers of a key without asking each: by the key itself, by each length of prefix in use, and by one look
 * at each remaining interval, however many watch it. Guarded by its owner's lock.
 */
final class RangeGroups<W> {
    private final Map<Bytes, List<W>> byKey = new HashMap<>();
    private final Map<Bytes, List<W>> byPrefix = new HashMap<>();
    private final TreeMap<Integer, Integer> prefixLengths = new TreeMap<>();
    private final Map<KeyRange, List<W>> byInterval = new LinkedHashMap<>();

    void add(KeyRange range, W watcher) {
        if (range.isSingle()) {
            byKey.computeIfAbsent(range.start(), start -> new ArrayList<>()).add(watcher);
        } else if (isPrefix(range)) {
            if (!byPrefix.containsKey(range.start())) {
                prefixLengths.merge(range.start().length(), 1, Integer::sum);
            }
            byPrefix.computeIfAbsent(range.start(), start -> new ArrayList<>()).add(watcher);
        } else {
            byInterval.computeIfAbsent(range, interval -> new ArrayList<>()).add(watcher);
        }
    }

    void remove(KeyRange range, W watcher) {
        if (range.isSingle()) {
            remove(byKey, range.start(), watcher);
        } else if (isPrefix(range)) {
            if (remove(byPrefix, range.start(), watcher)) {
                prefixLengths.computeIfPresent(range.start().length(), (length, uses) -> uses == 1 ? null : uses - 1);
            }
        } else {
            remove(byInterval, range, watcher);
        }
    }

    /** Whether it was the last one of its group. */
    private static <K, W> boolean remove(Map<K, List<W>> groups, K group, W watcher) {
        List<W> members = groups.get(group);
        if (members == null || !members.remove(watcher) || !members.isEmpty()) {
            return false;
        }
        groups.remove(group);
        return true;
    }

    private static boolean isPrefix(KeyRange range) {
        return !range.start().isEmpty()
                && KeyRange.prefix(new Key(range.start())).equals(range);
    }

    void forEachWatching(Key key, Consumer<W> act) {
        Bytes bytes = key.bytes();
        forEach(byKey.get(bytes), act);
        for (int length : prefixLengths.headMap(bytes.length(), true).keySet()) {
            forEach(byPrefix.get(bytes.slice(0, length)), act);
        }
        for (Map.Entry<KeyRange, List<W>> group : byInterval.entrySet()) {
            if (group.getKey().contains(key)) {
                group.getValue().forEach(act);
            }
        }
    }

    private static <W> void forEach(@Nullable List<W> members, Consumer<W> act) {
        if (members != null) {
            members.forEach(act);
        }
    }

    List<W> all() {
        List<W> all = new ArrayList<>();
        byKey.values().forEach(all::addAll);
        byPrefix.values().forEach(all::addAll);
        byInterval.values().forEach(all::addAll);
        return all;
    }
}
