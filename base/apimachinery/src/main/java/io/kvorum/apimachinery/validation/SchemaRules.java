package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.schema.ObjectSchema;
import io.kvorum.apimachinery.schema.ObjectSchema.Field;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.ListOf;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.MapOf;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.Reference;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.Scalar;
import io.kvorum.apimachinery.schema.ObjectSchema.Form;
import io.kvorum.apimachinery.type.Catalogue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the schema alone tells: values of enumerations and required fields. It never looks at metadata (which has its own
 * rules) or status (which the server's own parts write). Any thread.
 */
final class SchemaRules {
    private static final Set<String> LEFT_OUT = Set.of("metadata", "status", "apiVersion", "kind");

    private final Catalogue catalogue;

    SchemaRules(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    void check(String schemaName, ObjectNode object, boolean requires, Problems problems) {
        Optional<ObjectSchema> schema = catalogue.schema(schemaName);
        if (schema.isPresent()) {
            for (Field field : schema.get().fields()) {
                if (!LEFT_OUT.contains(field.name())) {
                    field(field, object, Place.ROOT, requires, problems);
                }
            }
        }
    }

    private void object(String schemaName, JsonNode object, Place at, boolean requires, Problems problems) {
        Optional<ObjectSchema> schema = catalogue.schema(schemaName);
        if (schema.isPresent()) {
            for (Field field : schema.get().fields()) {
                field(field, object, at, requires, problems);
            }
        }
    }

    private void field(Field field, JsonNode object, Place at, boolean requires, Problems problems) {
        JsonNode value = object.path(field.name());
        Place here = at.field(field.name());
        if (!value.isMissingNode()) {
            value(field.type(), value, here, requires, problems);
        }
        if (requires && field.isRequired() && isLacking(field.type(), value)) {
            problems.required(here);
        }
    }

    /** Numbers, booleans and lists may be left out by clients that do not write zero values. */
    private static boolean isLacking(FieldType type, JsonNode value) {
        return switch (type) {
            case Scalar scalar ->
                scalar.form() == Form.STRING && value.stringValue("").isEmpty();
            case Reference _ -> value.isMissingNode();
            case ListOf _, MapOf _, FieldType.Free() -> false;
        };
    }

    private void value(FieldType type, JsonNode value, Place at, boolean requires, Problems problems) {
        switch (type) {
            case Scalar scalar -> enumeration(scalar.allowed(), value, at, problems);
            case Reference reference -> object(reference.schema(), value, at, requires, problems);
            case ListOf list -> {
                for (int i = 0; i < value.size(); i++) {
                    value(list.item(), value.path(i), at.index(i), requires, problems);
                }
            }
            case MapOf map -> {
                for (Map.Entry<String, JsonNode> entry : value.properties()) {
                    value(map.value(), entry.getValue(), at.key(entry.getKey()), requires, problems);
                }
            }
            case FieldType.Free() -> {}
        }
    }

    private static void enumeration(List<String> allowed, JsonNode value, Place at, Problems problems) {
        String text = value.stringValue("");
        if (!allowed.isEmpty() && !text.isEmpty() && !allowed.contains(text)) {
            problems.unsupported(at, text, List.copyOf(new TreeSet<>(allowed)));
        }
    }
}
