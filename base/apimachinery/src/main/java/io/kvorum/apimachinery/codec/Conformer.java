package io.kvorum.apimachinery.codec;

import io.kvorum.apimachinery.schema.ObjectSchema;
import io.kvorum.apimachinery.schema.ObjectSchema.Field;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType;
import io.kvorum.apimachinery.type.Catalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings one tree into the form its schema describes: unknown fields and nulls go, values take their canonical form, a
 * value of the wrong type stops it. Used once, by one thread.
 */
final class Conformer {
    private static final String OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    private final Catalogue catalogue;
    private final List<String> unknown = new ArrayList<>();

    Conformer(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** The paths of the fields that were dropped because no one knows them. */
    List<String> unknownFields() {
        return unknown;
    }

    /** @throws TypeMismatch at the first value that its field cannot hold */
    void conform(ObjectNode object, String schemaName) {
        object(object, schemaName, Step.ROOT);
    }

    private void object(ObjectNode object, String schemaName, Step at) {
        Optional<ObjectSchema> schema = catalogue.schema(schemaName);
        if (schema.isEmpty()) {
            return;
        }
        for (Map.Entry<String, JsonNode> entry : List.copyOf(object.properties())) {
            String name = entry.getKey();
            Optional<Field> field = schema.get().field(name);
            if (field.isEmpty()) {
                object.remove(name);
                unknown.add(at.field(name).indexed());
            } else if (entry.getValue().isNull()) {
                object.remove(name);
            } else {
                JsonNode value = value(entry.getValue(), field.get().type(), schemaName, at.field(name));
                if (isLeftOut(value, field.get(), schemaName)) {
                    object.remove(name);
                } else {
                    object.set(name, value);
                }
            }
        }
    }

    /** Upstream never writes an optional list or map that is empty, nor an empty text in metadata. */
    private static boolean isLeftOut(JsonNode value, Field field, String schemaName) {
        return switch (field.type()) {
            case FieldType.ListOf _, FieldType.MapOf _ -> value.isEmpty() && !field.isRequired();
            case FieldType.Scalar _ ->
                schemaName.equals(OBJECT_META)
                        && value.isString()
                        && value.stringValue().isEmpty();
            case FieldType.Reference _, FieldType.Free() -> false;
        };
    }

    /** The value in its canonical form; containers are changed in place. */
    private JsonNode value(JsonNode value, FieldType type, String struct, Step at) {
        return switch (type) {
            case FieldType.Scalar scalar -> ScalarForm.canonical(value, scalar, struct, at);
            case FieldType.Reference reference -> {
                object(expect(ObjectNode.class, value, struct, at, type), reference.schema(), at);
                yield value;
            }
            case FieldType.ListOf list -> {
                items(expect(ArrayNode.class, value, struct, at, type), list.item(), struct, at);
                yield value;
            }
            case FieldType.MapOf map -> {
                entries(expect(ObjectNode.class, value, struct, at, type), map.value(), struct, at);
                yield value;
            }
            case FieldType.Free() -> value;
        };
    }

    private void items(ArrayNode array, FieldType type, String struct, Step at) {
        array.removeIf(JsonNode::isNull);
        for (int i = 0; i < array.size(); i++) {
            array.set(i, value(array.get(i), type, struct, at.index(i)));
        }
    }

    private void entries(ObjectNode map, FieldType type, String struct, Step at) {
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            if (entry.getValue().isNull()) {
                entry.setValue(ScalarForm.zero(type));
            } else {
                entry.setValue(value(entry.getValue(), type, struct, at.field(entry.getKey())));
            }
        }
    }

    private static <T extends JsonNode> T expect(
            Class<T> form, JsonNode value, String struct, Step at, FieldType type) {
        if (!form.isInstance(value)) {
            throw TypeMismatch.of(value, struct, at, type);
        }
        return form.cast(value);
    }
}
