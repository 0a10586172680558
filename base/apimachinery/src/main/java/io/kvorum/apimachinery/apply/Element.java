package io.kvorum.apimachinery.apply;

import io.kvorum.apimachinery.tree.Tree;
import java.util.SortedMap;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One step of a path, in the writing of {@code fieldsV1}; pure. */
final class Element {
    private static final String FIELD = "f:";
    private static final String KEYS = "k:";
    private static final String VALUE = "v:";

    private Element() {}

    static String field(String name) {
        return FIELD + name;
    }

    static boolean isField(String element) {
        return element.startsWith(FIELD);
    }

    static String fieldName(String element) {
        return element.substring(FIELD.length());
    }

    /** @param keys sorted, so that equal keys are equal text */
    static String keys(SortedMap<String, JsonNode> keys) {
        ObjectNode json = Tree.object();
        keys.forEach(json::set);
        return KEYS + compact(json);
    }

    static String value(JsonNode value) {
        return VALUE + compact(value);
    }

    private static String compact(JsonNode json) {
        return JsonMapper.shared().writeValueAsString(json);
    }

    /** For people: {@code .name}, {@code [name="web"]}, {@code [="value"]}. */
    static String text(String element) {
        if (element.startsWith(KEYS)) {
            StringJoiner text = new StringJoiner(",", "[", "]");
            JsonMapper.shared()
                    .readTree(element.substring(KEYS.length()))
                    .properties()
                    .forEach(key -> text.add(key.getKey() + "=" + key.getValue()));
            return text.toString();
        }
        if (element.startsWith(VALUE)) {
            return "[=" + element.substring(VALUE.length()) + "]";
        }
        return isField(element) ? "." + fieldName(element) : "[" + element + "]";
    }
}
