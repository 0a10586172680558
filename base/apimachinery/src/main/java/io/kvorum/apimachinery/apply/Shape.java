package io.kvorum.apimachinery.apply;

import io.kvorum.apimachinery.schema.ObjectSchema;
import io.kvorum.apimachinery.schema.ObjectSchema.Field;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.ListOf;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.MapOf;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.Reference;
import io.kvorum.apimachinery.type.Catalogue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the schema says about ownership at one place: a whole, fields, entries or elements. Immutable, any thread. */
record Shape(Catalogue catalogue, FieldType type, @Nullable String mapType) {
    private static final String ATOMIC = "atomic";

    static Shape of(Catalogue catalogue, String schema) {
        return new Shape(catalogue, new Reference(schema), null);
    }

    private static Shape unknown(Catalogue catalogue) {
        return new Shape(catalogue, new FieldType.Free(), null);
    }

    private Optional<ObjectSchema> schema() {
        return type instanceof Reference reference ? catalogue.schema(reference.schema()) : Optional.empty();
    }

    /** Whether the object here is owned field by field. */
    boolean isGranular() {
        if (mapType != null) {
            return !mapType.equals(ATOMIC);
        }
        return switch (type) {
            case Reference _ -> schema().map(schema -> !schema.isAtomic()).orElse(false);
            case MapOf _ -> true;
            case FieldType.Scalar _, ListOf _, FieldType.Free() -> false;
        };
    }

    /** Whether each entry is somebody's choice, rather than a field that the type has anyway. */
    boolean isMap() {
        return type instanceof MapOf;
    }

    Shape field(String name) {
        return switch (type) {
            case Reference _ ->
                schema().flatMap(schema -> schema.field(name))
                        .map(field -> new Shape(
                                catalogue, field.type(), field.traits().mapType()))
                        .orElse(unknown(catalogue));
            case MapOf map -> new Shape(catalogue, map.value(), null);
            case FieldType.Scalar _, ListOf _, FieldType.Free() -> unknown(catalogue);
        };
    }

    /** Whether the list here is owned element by element. */
    boolean isAssociative() {
        return type instanceof ListOf list
                && ("map".equals(list.merge().listType())
                        || "set".equals(list.merge().listType()));
    }

    Shape item() {
        return type instanceof ListOf list ? new Shape(catalogue, list.item(), null) : unknown(catalogue);
    }

    /** The list's elements by what tells them apart; of equal ones the first counts. */
    Map<String, JsonNode> elements(ArrayNode list) {
        Map<String, JsonNode> elements = new LinkedHashMap<>();
        for (JsonNode item : list) {
            elements.putIfAbsent(element(item), item);
        }
        return elements;
    }

    String element(JsonNode item) {
        ListOf list = (ListOf) type;
        if (list.merge().mapKeys().isEmpty() || !(item instanceof ObjectNode object)) {
            return Element.value(item);
        }
        TreeMap<String, JsonNode> keys = new TreeMap<>();
        for (String key : list.merge().mapKeys()) {
            JsonNode value = object.get(key);
            if (value != null && !value.isNull()) {
                keys.put(key, value);
            } else {
                item().defaultOf(key).ifPresent(fallback -> keys.put(key, fallback));
            }
        }
        return Element.keys(keys);
    }

    private Optional<JsonNode> defaultOf(String fieldName) {
        return schema().flatMap(schema -> schema.field(fieldName))
                .map(Field::traits)
                .flatMap(traits -> Optional.ofNullable(traits.defaultJson()))
                .map(text -> JsonMapper.shared().readTree(text));
    }
}
