package io.kvorum.catalogue.generator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One type of the facts file.
 *
 * @param modelClass its simple name; {@code -} for a type that is described by facts alone
 * @param fields each field's facts, by its JSON name
 */
record TypeFacts(String name, String modelClass, Map<String, String> extras, Map<String, Map<String, String>> fields) {
    static List<TypeFacts> parse(List<String> lines) {
        List<TypeFacts> types = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.strip().split(" ");
            if (line.startsWith("  ")) {
                types.getLast().fields().put(words[0], Pairs.parse(words, 1));
            } else {
                types.add(new TypeFacts(words[0], words[1], Pairs.parse(words, 2), new LinkedHashMap<>()));
            }
        }
        return types;
    }

    boolean hasModelClass() {
        return !modelClass.equals("-");
    }

    Map<String, String> field(String jsonName) {
        return fields.getOrDefault(jsonName, Map.of());
    }
}
