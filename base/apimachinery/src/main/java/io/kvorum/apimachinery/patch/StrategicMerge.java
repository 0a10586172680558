package io.kvorum.apimachinery.patch;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The rules by which a strategic merge patch enters objects; lists are {@link ListMerging}'s. Consumes both trees. */
final class StrategicMerge {
    private StrategicMerge() {}

    static ObjectNode objects(ObjectNode original, ObjectNode patch, MergeShape shape) {
        return switch (Directive.of(patch)) {
            case REPLACE -> withoutDirectives(patch);
            case DELETE -> Tree.object();
            case MERGE -> merge(original, patch, shape);
        };
    }

    private static ObjectNode merge(ObjectNode original, ObjectNode patch, MergeShape shape) {
        patch.remove(Directive.FIELD);
        retainKeys(original, patch);
        reorderedLists(original, patch, shape);
        for (Map.Entry<String, JsonNode> entry : List.copyOf(patch.properties())) {
            String field = entry.getKey();
            JsonNode change = entry.getValue();
            if (field.startsWith(Directive.DELETE_FROM_PRIMITIVE_LIST)) {
                deleteValues(original, field.substring(Directive.DELETE_FROM_PRIMITIVE_LIST.length()), change);
            } else if (change.isNull()) {
                original.remove(field);
            } else {
                original.set(field, value(original.path(field), change, shape.field(field)));
            }
        }
        return original;
    }

    /** The value of one field after the patch; where the original has none or another form, it merges into nothing. */
    private static JsonNode value(JsonNode original, JsonNode change, MergeShape shape) {
        return switch (change) {
            case ObjectNode object ->
                objects(original instanceof ObjectNode present ? present : Tree.object(), object, shape);
            case ArrayNode list ->
                shape.isMergedList()
                        ? ListMerging.merge(original instanceof ArrayNode present ? present : Tree.array(), list, shape)
                        : withoutDirectives(list);
            default -> change;
        };
    }

    /** Of the original's fields only those stay that {@code $retainKeys} lists; the patch may set no others. */
    private static void retainKeys(ObjectNode original, ObjectNode patch) {
        JsonNode directive = patch.remove(Directive.RETAIN_KEYS);
        if (directive == null) {
            return;
        }
        if (!directive.isArray()) {
            throw ApiException.badRequest("invalid patch format of retainKeys");
        }
        Set<String> kept = new HashSet<>(Tree.texts(Tree.object().set("keys", directive), "keys"));
        boolean setsOthers = patch.properties().stream()
                .anyMatch(entry -> !entry.getKey().startsWith("$")
                        && !entry.getValue().isNull()
                        && !kept.contains(entry.getKey()));
        if (setsOthers) {
            throw ApiException.badRequest("invalid patch format of retainKeys");
        }
        original.retain(kept);
    }

    /** Merges the lists that come with {@code $setElementOrder} and puts their elements into that order. */
    private static void reorderedLists(ObjectNode original, ObjectNode patch, MergeShape shape) {
        for (String directive : List.copyOf(patch.propertyNames())) {
            if (!directive.startsWith(Directive.SET_ELEMENT_ORDER)) {
                continue;
            }
            String field = directive.substring(Directive.SET_ELEMENT_ORDER.length());
            if (!(patch.remove(directive) instanceof ArrayNode order)) {
                throw ApiException.badRequest("invalid patch format of setElementOrder list");
            }
            ArrayNode before = original.get(field) instanceof ArrayNode list ? list : Tree.array();
            boolean isInPatch = patch.get(field) instanceof ArrayNode;
            if (isInPatch || original.has(field)) {
                ArrayNode change = isInPatch ? (ArrayNode) patch.remove(field) : Tree.array();
                original.set(field, ListMerging.mergeInOrder(before, change, order, shape.field(field)));
            }
        }
    }

    private static void deleteValues(ObjectNode original, String field, JsonNode values) {
        if (!values.isArray()) {
            throw ApiException.badRequest("invalid patch format of primitive list");
        }
        if (original.get(field) instanceof ArrayNode list) {
            Set<JsonNode> unwanted = new HashSet<>(values.values());
            list.removeIf(unwanted::contains);
        }
    }

    /** What replaces something must not bring directives or nulls into the object. */
    static <T extends JsonNode> T withoutDirectives(T node) {
        switch (node) {
            case ObjectNode object -> {
                List<String> unwanted = new ArrayList<>();
                object.properties().forEach(entry -> {
                    if (entry.getKey().startsWith("$") || entry.getValue().isNull()) {
                        unwanted.add(entry.getKey());
                    } else {
                        withoutDirectives(entry.getValue());
                    }
                });
                object.remove(unwanted);
            }
            case ArrayNode list -> {
                list.removeIf(item -> Directive.of(item) == Directive.DELETE);
                list.forEach(StrategicMerge::withoutDirectives);
            }
            default -> {}
        }
        return node;
    }
}
