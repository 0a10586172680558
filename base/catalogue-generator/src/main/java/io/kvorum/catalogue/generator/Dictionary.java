package io.kvorum.catalogue.generator;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The texts that occur most, from which packed schemas borrow. */
final class Dictionary {
    private static final int MOST_BYTES = 24 * 1024;

    private final Map<String, Integer> uses = new TreeMap<>();

    void note(String text) {
        uses.merge(text, 1, Integer::sum);
    }

    /** What saves most stands last, where a reference to it is shortest. */
    byte[] bytes() {
        List<Map.Entry<String, Integer>> bySaving = uses.entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .sorted(Comparator.comparingLong(Dictionary::saving).reversed())
                .toList();
        int length = 0;
        int taken = 0;
        while (taken < bySaving.size() && length + bySaving.get(taken).getKey().length() <= MOST_BYTES) {
            length += bySaving.get(taken++).getKey().length();
        }
        var bytes = new ByteArrayOutputStream();
        bySaving.subList(0, taken)
                .reversed()
                .forEach(entry -> bytes.writeBytes(entry.getKey().getBytes(StandardCharsets.UTF_8)));
        return bytes.toByteArray();
    }

    private static long saving(Map.Entry<String, Integer> entry) {
        return (long) (entry.getValue() - 1) * entry.getKey().length();
    }
}
