package io.kvorum.apimachinery.openapi;

import io.kvorum.apimachinery.schema.ObjectSchema;
import io.kvorum.apimachinery.schema.ObjectSchema.Field;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType;
import io.kvorum.apimachinery.schema.ObjectSchema.Form;
import io.kvorum.apimachinery.schema.ObjectSchema.ListMerge;
import io.kvorum.apimachinery.schema.ObjectSchema.Traits;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersionKind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes schemas as a document's definitions. One per document, one thread. */
final class SchemaJson {
    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private static final String QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    private static final String INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";

    private final Catalogue catalogue;
    private final Dialect dialect;
    private final JsonGenerator out;

    SchemaJson(Catalogue catalogue, Dialect dialect, JsonGenerator out) {
        this.catalogue = catalogue;
        this.dialect = dialect;
        this.out = out;
    }

    /** Writes the definitions of what is no schema of the catalogue: quantities, times, numbers or words, patches. */
    void writeForms() {
        writeForm(QUANTITY, "A number with an optional suffix such as m, k, Mi: 500m, 2, 128Mi.", "", "number");
        writeForm(META + "MicroTime", "A time with microseconds, as of RFC 3339.", "date-time", "");
        writeForm(META + "Time", "A time in seconds, as of RFC 3339.", "date-time", "");
        writeForm(INT_OR_STRING, "A whole number, or text such as a port's name.", "int-or-string", "integer");
        out.writeObjectPropertyStart(ResourcePaths.PATCH);
        out.writeStringProperty("description", "A patch, whose form the request's content type tells.");
        out.writeStringProperty("type", "object");
        out.writeEndObject();
    }

    private void writeForm(String name, String description, String format, String alternative) {
        out.writeObjectPropertyStart(name);
        out.writeStringProperty("description", description);
        if (dialect == Dialect.V3 && !alternative.isEmpty()) {
            out.writeArrayPropertyStart("oneOf");
            writeType(alternative);
            writeType("string");
            out.writeEndArray();
        } else {
            out.writeStringProperty("type", "string");
        }
        if (!format.isEmpty()) {
            out.writeStringProperty("format", format);
        }
        out.writeEndObject();
    }

    private void writeType(String type) {
        out.writeStartObject();
        out.writeStringProperty("type", type);
        out.writeEndObject();
    }

    void write(ObjectSchema schema) {
        out.writeObjectPropertyStart(schema.name());
        writeDescription(schema.description());
        out.writeStringProperty("type", "object");
        writeWords(
                "required",
                schema.fields().stream()
                        .filter(Field::isRequired)
                        .map(Field::name)
                        .toList());
        if (!schema.fields().isEmpty()) {
            out.writeObjectPropertyStart("properties");
            schema.fields().forEach(this::writeField);
            out.writeEndObject();
        }
        List<GroupVersionKind> kinds = catalogue.kindsOf(schema.name());
        if (!kinds.isEmpty()) {
            out.writeArrayPropertyStart("x-kubernetes-group-version-kind");
            for (GroupVersionKind kind : kinds) {
                out.writeStartObject();
                writeKind(out, kind);
                out.writeEndObject();
            }
            out.writeEndArray();
        }
        if (schema.isAtomic()) {
            out.writeStringProperty("x-kubernetes-map-type", "atomic");
        }
        out.writeEndObject();
    }

    static void writeKind(JsonGenerator out, GroupVersionKind kind) {
        out.writeStringProperty("group", kind.group());
        out.writeStringProperty("kind", kind.kind());
        out.writeStringProperty("version", kind.version());
    }

    private void writeField(Field field) {
        out.writeObjectPropertyStart(field.name());
        writeDescription(descriptionOf(field));
        writeType(field.type(), true);
        Traits traits = field.traits();
        if (traits.defaultJson() != null) {
            out.writeName("default");
            out.writeRawValue(traits.defaultJson());
        }
        writeIfThere("x-kubernetes-map-type", traits.mapType());
        writeIfThere(
                "x-kubernetes-patch-strategy",
                traits.patchStrategies().isEmpty() ? null : String.join(",", traits.patchStrategies()));
        out.writeEndObject();
    }

    /** A field that only refers to a type, and is not described itself, is described by its role or by its type. */
    private String descriptionOf(Field field) {
        if (field.description().isEmpty() && field.type() instanceof FieldType.Reference reference) {
            return switch (field.name()) {
                case "metadata" -> "Names, labels and all else that every object has.";
                case "spec" -> "What is wanted of the object.";
                case "status" -> "What was last seen of the object; written by the system.";
                default ->
                    catalogue
                            .schema(reference.schema())
                            .map(ObjectSchema::description)
                            .orElse("");
            };
        }
        return field.description();
    }

    private void writeDescription(String text) {
        if (!text.isEmpty()) {
            out.writeStringProperty("description", text);
        }
    }

    /** @param hasNeighbours whether more than the type is said, beside which OpenAPI 3.0 has no bare reference */
    private void writeType(FieldType type, boolean hasNeighbours) {
        switch (type) {
            case FieldType.Reference reference -> writeReference(reference.schema(), hasNeighbours);
            case FieldType.Scalar scalar -> writeScalar(scalar, hasNeighbours);
            case FieldType.ListOf list -> {
                out.writeStringProperty("type", "array");
                out.writeObjectPropertyStart("items");
                writeType(list.item(), false);
                out.writeEndObject();
                writeMerge(list.merge());
            }
            case FieldType.MapOf map -> {
                out.writeStringProperty("type", "object");
                out.writeObjectPropertyStart("additionalProperties");
                writeType(map.value(), false);
                out.writeEndObject();
            }
            case FieldType.Free _ -> {} // no type at all: anything is valid
        }
    }

    private void writeMerge(ListMerge merge) {
        writeWords("x-kubernetes-list-map-keys", merge.mapKeys());
        writeIfThere("x-kubernetes-list-type", merge.listType());
        writeIfThere("x-kubernetes-patch-merge-key", merge.patchMergeKey());
    }

    private void writeReference(String schema, boolean hasNeighbours) {
        if (hasNeighbours && dialect == Dialect.V3) {
            out.writeArrayPropertyStart("allOf");
            out.writeStartObject();
            out.writeStringProperty("$ref", dialect.reference(schema));
            out.writeEndObject();
            out.writeEndArray();
        } else {
            out.writeStringProperty("$ref", dialect.reference(schema));
        }
    }

    private void writeScalar(FieldType.Scalar scalar, boolean hasNeighbours) {
        switch (scalar.form()) {
            case STRING, DURATION -> writePlain("string", "");
            case BASE64 -> writePlain("string", "byte");
            case BOOLEAN -> writePlain("boolean", "");
            case INT32 -> writePlain("integer", "int32");
            case INT64 -> writePlain("integer", "int64");
            case DOUBLE -> writePlain("number", "double");
            case QUANTITY, INT_OR_STRING, TIME, MICRO_TIME -> writeReference(nameOf(scalar.form()), hasNeighbours);
        }
        writeWords("enum", scalar.allowed());
    }

    private static String nameOf(Form form) {
        return switch (form) {
            case QUANTITY -> QUANTITY;
            case INT_OR_STRING -> INT_OR_STRING;
            case MICRO_TIME -> META + "MicroTime";
            case TIME, STRING, BOOLEAN, INT32, INT64, DOUBLE, DURATION, BASE64 -> META + "Time";
        };
    }

    private void writePlain(String type, String format) {
        out.writeStringProperty("type", type);
        if (!format.isEmpty()) {
            out.writeStringProperty("format", format);
        }
    }

    private void writeIfThere(String name, @Nullable String value) {
        if (value != null) {
            out.writeStringProperty(name, value);
        }
    }

    private void writeWords(String name, List<String> words) {
        if (!words.isEmpty()) {
            out.writeArrayPropertyStart(name);
            words.forEach(out::writeString);
            out.writeEndArray();
        }
    }
}
