package io.kvorum.catalogue.generator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@code name=value} words at the end of a line of facts; a bare word stands for itself. An underscore in a list is a space. */
final class Pairs {
    private Pairs() {}

    static Map<String, String> parse(String[] words, int from) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String word : List.of(words).subList(from, words.length)) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                pairs.put(word, "");
            } else {
                pairs.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return pairs;
    }

    static List<String> list(Map<String, String> pairs, String name) {
        String value = pairs.get(name);
        return value == null ? List.of() : List.of(value.replace('_', ' ').split(",", -1));
    }
}
