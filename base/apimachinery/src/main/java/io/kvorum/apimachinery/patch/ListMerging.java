package io.kvorum.apimachinery.patch;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.tree.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rules by which lists merge in a strategic merge patch: elements are told apart by the merge key (plain values by
 * themselves); those of the patch come in the patch's order, the others keep theirs.
 */
final class ListMerging {
    private ListMerging() {}

    static ArrayNode merge(ArrayNode original, ArrayNode patch, MergeShape shape) {
        List<JsonNode> before = List.copyOf(original.values());
        List<JsonNode> changes = new ArrayList<>(patch.values());
        List<JsonNode> merged = merged(before, changes, shape);
        changes.removeIf(Directive::isPresent);
        return arranged(merged, keys(changes, shape), before, shape);
    }

    /** Like {@link #merge}, but the elements that {@code $setElementOrder} names come in its order. */
    static ArrayNode mergeInOrder(ArrayNode original, ArrayNode patch, ArrayNode order, MergeShape shape) {
        List<JsonNode> before = List.copyOf(original.values());
        List<JsonNode> changes = List.copyOf(patch.values());
        List<JsonNode> orderedKeys = keys(List.copyOf(order.values()), shape);
        checkOrder(changes, orderedKeys, shape);
        if (!shape.isMergedList()) {
            return patch.isEmpty() ? original : StrategicMerge.withoutDirectives(patch);
        }
        return arranged(merged(before, changes, shape), orderedKeys, before, shape);
    }

    private static void checkOrder(List<JsonNode> changes, List<JsonNode> order, MergeShape shape) {
        int at = -1;
        for (JsonNode change : changes) {
            if (Directive.isPresent(change)) {
                continue;
            }
            int found = order.indexOf(key(change, shape));
            if (found <= at) {
                throw ApiException.badRequest("the order in patch list:\n%s\n doesn't match %s list:\n%s\n"
                        .formatted(changes, "$setElementOrder", order));
            }
            at = found;
        }
    }

    private static List<JsonNode> merged(List<JsonNode> before, List<JsonNode> changes, MergeShape shape) {
        if (shape.mergeKey().isEmpty()) {
            List<JsonNode> all = new ArrayList<>(before);
            all.addAll(changes);
            return new ArrayList<>(all.stream().distinct().toList());
        }
        boolean replacesAll = changes.stream().anyMatch(change -> Directive.of(change) == Directive.REPLACE);
        List<JsonNode> merged = replacesAll ? new ArrayList<>() : new ArrayList<>(before);
        for (JsonNode change : changes) {
            if (Directive.of(change) == Directive.DELETE) {
                JsonNode key = key(change, shape);
                merged.removeIf(item -> key.equals(item.path(shape.mergeKey())));
            }
        }
        for (JsonNode change : changes) {
            if (!Directive.isPresent(change)) {
                mergeElement(merged, change, shape);
            }
        }
        return merged;
    }

    private static void mergeElement(List<JsonNode> merged, JsonNode change, MergeShape shape) {
        JsonNode key = key(change, shape);
        ObjectNode patch = (ObjectNode) change;
        for (int i = 0; i < merged.size(); i++) {
            if (merged.get(i) instanceof ObjectNode present && key.equals(present.path(shape.mergeKey()))) {
                merged.set(i, StrategicMerge.objects(present, patch.deepCopy(), shape.item()));
                return;
            }
        }
        merged.add(StrategicMerge.objects(Tree.object(), patch.deepCopy(), shape.item()));
    }

    /** What tells an element apart from its neighbours. */
    private static JsonNode key(JsonNode element, MergeShape shape) {
        if (shape.mergeKey().isEmpty()) {
            return element;
        }
        if (element instanceof ObjectNode object && object.has(shape.mergeKey())) {
            return object.get(shape.mergeKey());
        }
        throw ApiException.badRequest(
                "map: %s does not contain declared merge key: %s".formatted(element, shape.mergeKey()));
    }

    private static List<JsonNode> keys(List<JsonNode> elements, MergeShape shape) {
        return elements.stream().map(element -> key(element, shape)).toList();
    }

    /**
     * Puts the elements that {@code order} names into that order; any other comes before the first it stood before.
     * Example: a b c before and the order c a give b c a, since b stood before c.
     */
    private static ArrayNode arranged(
            List<JsonNode> elements, List<JsonNode> order, List<JsonNode> before, MergeShape shape) {
        List<JsonNode> beforeKeys =
                before.stream().map(item -> keyOrNothing(item, shape)).toList();
        Set<JsonNode> isOrdered = order.stream().collect(Collectors.toSet());
        List<JsonNode> named = new ArrayList<>(elements.stream()
                .filter(item -> isOrdered.contains(keyOrNothing(item, shape)))
                .toList());
        named.sort(Comparator.comparingInt(item -> order.indexOf(keyOrNothing(item, shape))));
        List<JsonNode> others = elements.stream()
                .filter(item -> !isOrdered.contains(keyOrNothing(item, shape)))
                .toList();
        return interleaved(others, named, beforeKeys, shape);
    }

    private static ArrayNode interleaved(
            List<JsonNode> others, List<JsonNode> named, List<JsonNode> beforeKeys, MergeShape shape) {
        ArrayNode list = Tree.array();
        int other = 0;
        int next = 0;
        while (other < others.size() || next < named.size()) {
            boolean takesOther = next >= named.size()
                    || (other < others.size() && stoodBefore(others.get(other), named.get(next), beforeKeys, shape));
            list.add(takesOther ? others.get(other++) : named.get(next++));
        }
        return list;
    }

    private static boolean stoodBefore(JsonNode first, JsonNode second, List<JsonNode> beforeKeys, MergeShape shape) {
        int firstAt = beforeKeys.indexOf(keyOrNothing(first, shape));
        int secondAt = beforeKeys.indexOf(keyOrNothing(second, shape));
        return firstAt >= 0 && secondAt >= 0 && firstAt < secondAt;
    }

    private static JsonNode keyOrNothing(JsonNode element, MergeShape shape) {
        return shape.mergeKey().isEmpty() ? element : element.path(shape.mergeKey());
    }
}
