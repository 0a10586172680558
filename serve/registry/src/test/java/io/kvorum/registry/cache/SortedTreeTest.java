package io.kvorum.registry.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SortedTreeTest {
    @Test
    void itHoldsWhatASortedMapHoldsAndOldVersionsStay() {
        for (long seed = 1; seed <= 30; seed++) {
            Random chance = new Random(seed);
            TreeMap<Key, Integer> model = new TreeMap<>();
            SortedTree<Integer> tree = SortedTree.empty();
            SortedTree<Integer> kept = tree;
            List<Integer> keptValues = List.of();
            for (int i = 0; i < 500; i++) {
                Key key = Key.of("k" + chance.nextInt(200));
                if (chance.nextInt(3) == 0) {
                    model.remove(key);
                    tree = tree.without(key);
                } else {
                    model.put(key, i);
                    tree = tree.with(key, i);
                }
                if (i == 250) {
                    kept = tree;
                    keptValues = List.copyOf(model.values());
                }
            }
            Bytes start = Bytes.utf8("k" + chance.nextInt(200));
            assertThat(values(tree, Bytes.EMPTY)).as("seed " + seed).isEqualTo(List.copyOf(model.values()));
            assertThat(values(tree, start))
                    .as("seed " + seed)
                    .isEqualTo(List.copyOf(model.tailMap(new Key(start)).values()));
            assertThat(tree.rank(start)).isEqualTo(model.headMap(new Key(start)).size());
            assertThat(values(kept, Bytes.EMPTY)).isEqualTo(keptValues);
        }
    }

    private static List<Integer> values(SortedTree<Integer> tree, Bytes start) {
        List<Integer> values = new ArrayList<>();
        tree.from(start, null).forEach(values::add);
        return values;
    }
}
