package io.kvorum.apimachinery.apply;

import io.kvorum.apimachinery.patch.SameValue;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What differs between two states of an object; one thread. */
final class Comparison {
    private final FieldSet changed = new FieldSet();
    private final FieldSet removed = new FieldSet();

    private Comparison() {}

    static Comparison of(@Nullable JsonNode before, @Nullable JsonNode after, Shape shape) {
        Comparison comparison = new Comparison();
        comparison.compare(before, after, shape, comparison.changed, comparison.removed);
        return comparison;
    }

    /** Whatever a state sets: the fields of its leaves, and each element and entry by itself. */
    static FieldSet fieldsOf(JsonNode state, Shape shape) {
        FieldSet fields = new FieldSet();
        collect(state, shape, fields);
        return fields;
    }

    private static void collect(JsonNode value, Shape shape, FieldSet into) {
        if (value instanceof ObjectNode object && shape.isGranular() && !object.isEmpty()) {
            object.forEachEntry((name, child) -> {
                FieldSet below = into.below(Element.field(name));
                collect(child, shape.field(name), below);
                if (shape.isMap()) {
                    below.addSelf();
                }
            });
        } else if (value instanceof ArrayNode list && shape.isAssociative()) {
            shape.elements(list).forEach((element, item) -> {
                FieldSet below = into.below(element);
                collect(item, shape.item(), below);
                below.addSelf();
            });
        } else {
            into.addSelf();
        }
    }

    /** Added or with another value. */
    FieldSet changed() {
        return changed;
    }

    FieldSet removed() {
        return removed;
    }

    private void compare(
            @Nullable JsonNode before, @Nullable JsonNode after, Shape shape, FieldSet changes, FieldSet removals) {
        JsonNode old = absentIfNull(before);
        JsonNode now = absentIfNull(after);
        if (old == null && now == null) {
            return;
        }
        if (isA(ObjectNode.class, old) && isA(ObjectNode.class, now) && shape.isGranular()) {
            objects((ObjectNode) old, (ObjectNode) now, shape, changes, removals);
        } else if (isA(ArrayNode.class, old) && isA(ArrayNode.class, now) && shape.isAssociative()) {
            lists((ArrayNode) old, (ArrayNode) now, shape, changes, removals);
        } else if (now == null) {
            removals.addSelf();
        } else if (old == null || !SameValue.of(old, now)) {
            changes.addSelf();
        }
    }

    private static @Nullable JsonNode absentIfNull(@Nullable JsonNode value) {
        return value == null || value.isNull() || value.isMissingNode() ? null : value;
    }

    private static boolean isA(Class<? extends JsonNode> form, @Nullable JsonNode value) {
        return value == null || form.isInstance(value);
    }

    private void objects(
            @Nullable ObjectNode old, @Nullable ObjectNode now, Shape shape, FieldSet changes, FieldSet removals) {
        Set<String> names = new LinkedHashSet<>();
        if (old != null) {
            names.addAll(old.propertyNames());
        }
        if (now != null) {
            names.addAll(now.propertyNames());
        }
        for (String name : names) {
            String element = Element.field(name);
            compare(
                    old == null ? null : old.get(name),
                    now == null ? null : now.get(name),
                    shape.field(name),
                    changes.below(element),
                    removals.below(element));
        }
        noteSelf(old, now, shape.isMap() || names.isEmpty(), changes, removals);
    }

    private static void noteSelf(
            @Nullable JsonNode old, @Nullable JsonNode now, boolean isPlace, FieldSet changes, FieldSet removals) {
        if (old == null && isPlace) {
            changes.addSelf();
        } else if (now == null) {
            removals.addSelf();
        }
    }

    private void lists(
            @Nullable ArrayNode old, @Nullable ArrayNode now, Shape shape, FieldSet changes, FieldSet removals) {
        Map<String, JsonNode> before = old == null ? Map.of() : shape.elements(old);
        Map<String, JsonNode> after = now == null ? Map.of() : shape.elements(now);
        Set<String> elements = new LinkedHashSet<>(before.keySet());
        elements.addAll(after.keySet());
        for (String element : elements) {
            JsonNode oldItem = before.get(element);
            JsonNode newItem = after.get(element);
            FieldSet changesBelow = changes.below(element);
            FieldSet removalsBelow = removals.below(element);
            compare(oldItem, newItem, shape.item(), changesBelow, removalsBelow);
            noteSelf(oldItem, newItem, true, changesBelow, removalsBelow);
        }
        noteSelf(old, now, true, changes, removals);
    }
}
