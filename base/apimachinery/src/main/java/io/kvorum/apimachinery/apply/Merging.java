package io.kvorum.apimachinery.apply;

import io.kvorum.apimachinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How an applied configuration enters an object, and how what it no longer names leaves; pure. */
final class Merging {
    private Merging() {}

    static JsonNode merge(@Nullable JsonNode live, JsonNode applied, Shape shape) {
        if (applied instanceof ObjectNode change && live instanceof ObjectNode object && shape.isGranular()) {
            ObjectNode merged = object.deepCopy();
            change.forEachEntry((name, value) -> {
                if (value.isNull()) {
                    merged.remove(name);
                } else {
                    merged.set(name, merge(object.get(name), value, shape.field(name)));
                }
            });
            return merged;
        }
        if (applied instanceof ArrayNode change && live instanceof ArrayNode list && shape.isAssociative()) {
            return lists(list, change, shape);
        }
        return applied.deepCopy();
    }

    /** The applied order holds; what only the live list has stays behind what it stood behind. */
    private static ArrayNode lists(ArrayNode live, ArrayNode applied, Shape shape) {
        Map<String, JsonNode> before = shape.elements(live);
        Map<String, JsonNode> merged = new LinkedHashMap<>();
        shape.elements(applied)
                .forEach((element, item) -> merged.put(element, merge(before.get(element), item, shape.item())));
        List<String> order = new ArrayList<>(merged.keySet());
        int behind = 0;
        for (Map.Entry<String, JsonNode> each : before.entrySet()) {
            int place = order.indexOf(each.getKey());
            if (place < 0) {
                order.add(behind, each.getKey());
                merged.put(each.getKey(), each.getValue().deepCopy());
                place = behind;
            }
            behind = place + 1;
        }
        ArrayNode list = Tree.array();
        order.forEach(element -> list.add(merged.get(element)));
        return list;
    }

    /** Takes away, in place, what was applied before and nobody owns any more. */
    static void prune(JsonNode value, FieldSet before, FieldSet owned, Shape shape) {
        if (value instanceof ObjectNode object && shape.isGranular()) {
            for (String element : before.elements()) {
                if (!Element.isField(element)) {
                    continue;
                }
                String name = Element.fieldName(element);
                JsonNode child = object.get(name);
                if (child != null && !owned.reaches(element)) {
                    object.remove(name);
                } else if (child != null) {
                    prune(child, before.below(element), owned.below(element), shape.field(name));
                }
            }
        } else if (value instanceof ArrayNode list && shape.isAssociative()) {
            list.removeIf(item -> before.reaches(shape.element(item)) && !owned.reaches(shape.element(item)));
            for (JsonNode item : list) {
                String element = shape.element(item);
                prune(item, before.below(element), owned.below(element), shape.item());
            }
        }
    }
}
