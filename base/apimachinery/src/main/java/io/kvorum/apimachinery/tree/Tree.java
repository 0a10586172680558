package io.kvorum.apimachinery.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and fills JSON trees by path; what is absent, null or of another type reads as empty. Any thread, as long as the
 * tree itself is not changed meanwhile.
 */
public final class Tree {
    private Tree() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** The node at the path; a missing node when there is none or it is null. */
    public static JsonNode at(JsonNode node, String... path) {
        JsonNode found = node;
        for (String step : path) {
            found = found.path(step);
        }
        return found.isNull() ? MissingNode.getInstance() : found;
    }

    public static boolean has(JsonNode node, String... path) {
        return !at(node, path).isMissingNode();
    }

    /** The string at the path, else the empty string. */
    public static String text(JsonNode node, String... path) {
        return at(node, path).stringValue("");
    }

    /** The whole number at the path, else 0. */
    public static long number(JsonNode node, String... path) {
        return at(node, path).longValue(0);
    }

    /** The whole number at the path, else the given one. */
    public static long numberOr(long fallback, JsonNode node, String... path) {
        return at(node, path).longValue(fallback);
    }

    public static boolean flag(JsonNode node, String... path) {
        return at(node, path).booleanValue(false);
    }

    /** A string as it is, a number or boolean in its JSON form, else the empty string. */
    public static String scalar(JsonNode node, String... path) {
        JsonNode found = at(node, path);
        return found.isString() ? found.stringValue() : found.isValueNode() ? found.toString() : "";
    }

    /** The elements of the list at the path, empty when there is no list. */
    public static List<JsonNode> list(JsonNode node, String... path) {
        JsonNode found = at(node, path);
        return found.isArray() ? List.copyOf(found.values()) : List.of();
    }

    /** The elements that are objects of the list at the path. */
    public static List<ObjectNode> objects(JsonNode node, String... path) {
        List<ObjectNode> objects = new ArrayList<>();
        for (JsonNode item : list(node, path)) {
            if (item instanceof ObjectNode object) {
                objects.add(object);
            }
        }
        return objects;
    }

    /** The strings of the list at the path. */
    public static List<String> texts(JsonNode node, String... path) {
        return list(node, path).stream()
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .toList();
    }

    /** The string values of the object at the path, such as labels. */
    public static SortedMap<String, String> textMap(JsonNode node, String... path) {
        SortedMap<String, String> texts = new TreeMap<>();
        at(node, path).properties().forEach(entry -> {
            if (entry.getValue().isString()) {
                texts.put(entry.getKey(), entry.getValue().stringValue());
            }
        });
        return texts;
    }

    public static Optional<ObjectNode> objectAt(JsonNode node, String... path) {
        return at(node, path) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
    }

    /** The object in this field, put there when the field is absent or null; a field of another type is left and a loose object given. */
    public static ObjectNode ensureObject(ObjectNode node, String field) {
        JsonNode present = node.path(field);
        if (present instanceof ObjectNode object) {
            return object;
        }
        return present.isMissingNode() || present.isNull() ? node.putObject(field) : object();
    }

    /** Fills a field that is absent, null or (as upstream sees strings) empty. */
    public static void fill(ObjectNode node, String field, String value) {
        if (!has(node, field)
                || (at(node, field).isString() && text(node, field).isEmpty())) {
            node.put(field, value);
        }
    }

    public static void fill(ObjectNode node, String field, long value) {
        if (!has(node, field)) {
            node.set(field, whole(value));
        }
    }

    /** A whole number as a parser makes it: trees with the same numbers in nodes of other widths are not equal. */
    public static JsonNode whole(long value) {
        return value == (int) value
                ? JsonNodeFactory.instance.numberNode((int) value)
                : JsonNodeFactory.instance.numberNode(value);
    }

    public static void fill(ObjectNode node, String field, boolean value) {
        if (!has(node, field)) {
            node.put(field, value);
        }
    }
}
