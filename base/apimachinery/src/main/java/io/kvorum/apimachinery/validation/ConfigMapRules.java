package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** ConfigMaps, and what they share with Secrets: keys, size, and being immutable. */
final class ConfigMapRules implements KindRules {
    static final int MAX_BYTES = 1 << 20;
    private static final String WHEN_SET = "field is immutable when `immutable` is set";

    @Override
    public void check(ObjectNode object, Problems problems) {
        long bytes = 0;
        JsonNode binary = Tree.at(object, "binaryData");
        for (var entry : Tree.textMap(object, "data").entrySet()) {
            key(Place.of("data"), entry.getKey(), problems);
            if (binary.has(entry.getKey())) {
                problems.invalid(
                        Place.of("data").key(entry.getKey()), entry.getKey(), "duplicate of key present in binaryData");
            }
            bytes += entry.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        for (var entry : Tree.textMap(binary).entrySet()) {
            key(Place.of("binaryData"), entry.getKey(), problems);
            bytes += decodedLength(entry.getValue());
        }
        size(bytes, problems, "");
    }

    static void key(Place data, String key, Problems problems) {
        problems.invalid(data.key(key), key, Names.configKey(key));
    }

    static void size(long bytes, Problems problems, String field) {
        if (bytes > MAX_BYTES) {
            problems.tooLong(new Place(field), MAX_BYTES);
        }
    }

    /** The bytes that a base64 text stands for. */
    static long decodedLength(String base64) {
        long padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
        return base64.length() / 4 * 3L - padding;
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        immutable(object, before, List.of("data", "binaryData"), problems);
    }

    static void immutable(ObjectNode object, ObjectNode before, List<String> fields, Problems problems) {
        if (!Tree.flag(before, "immutable")) {
            return;
        }
        if (!Tree.flag(object, "immutable")) {
            problems.forbidden(Place.of("immutable"), WHEN_SET);
        }
        for (String field : fields) {
            if (!Tree.at(object, field).equals(Tree.at(before, field))) {
                problems.forbidden(Place.of(field), WHEN_SET);
            }
        }
    }
}
