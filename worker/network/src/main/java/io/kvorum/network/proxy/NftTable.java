package io.kvorum.network.proxy;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the kernel's table of Services holds, apart from what never changes; a value.
 *
 * @param chains the rules of each chain
 * @param maps the verdict of each key, for each of {@link NftScript}'s maps
 * @param affinitySets the seconds that callers are remembered, by set
 */
record NftTable(
        SortedMap<String, List<String>> chains,
        SortedMap<String, SortedMap<String, String>> maps,
        SortedMap<String, Integer> affinitySets) {
    NftTable {
        chains = Collections.unmodifiableSortedMap(new TreeMap<>(chains));
        maps = Collections.unmodifiableSortedMap(new TreeMap<>(maps));
        affinitySets = Collections.unmodifiableSortedMap(new TreeMap<>(affinitySets));
    }

    SortedMap<String, String> map(String name) {
        return maps.getOrDefault(name, Collections.emptySortedMap());
    }
}
