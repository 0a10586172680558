package io.kvorum.apimachinery.codec;

import io.kvorum.apimachinery.schema.ObjectSchema.FieldType;
import io.kvorum.apimachinery.schema.ObjectSchema.Form;
import tools.jackson.databind.JsonNode;

/** A value whose form its field cannot hold; the message is that of upstream's decoder. */
final class TypeMismatch extends RuntimeException {
    private final String problem;

    TypeMismatch(String problem) {
        super(problem);
        this.problem = problem;
    }

    String problem() {
        return problem;
    }

    static TypeMismatch of(JsonNode value, String struct, Step at, FieldType type) {
        return new TypeMismatch("json: cannot unmarshal %s into Go struct field %s.%s of type %s"
                .formatted(word(value), shortName(struct), at.plain(), goType(type)));
    }

    static String word(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "array";
            case OBJECT, POJO -> "object";
            case STRING, BINARY -> "string";
            case BOOLEAN -> "bool";
            case NUMBER -> value.isIntegralNumber() ? "number" : "number " + value;
            case NULL, MISSING -> "null";
        };
    }

    /** {@code Pod} of {@code io.k8s.api.core.v1.Pod}. */
    static String shortName(String schema) {
        return schema.substring(schema.lastIndexOf('.') + 1);
    }

    private static String goType(FieldType type) {
        return switch (type) {
            case FieldType.Scalar scalar -> goType(scalar.form());
            case FieldType.Reference reference -> packaged(reference.schema());
            case FieldType.ListOf list -> "[]" + goType(list.item());
            case FieldType.MapOf map -> "map[string]" + goType(map.value());
            case FieldType.Free() -> "interface {}";
        };
    }

    private static String goType(Form form) {
        return switch (form) {
            case STRING -> "string";
            case BOOLEAN -> "bool";
            case INT32 -> "int32";
            case INT64 -> "int64";
            case DOUBLE -> "float64";
            case QUANTITY -> "resource.Quantity";
            case INT_OR_STRING -> "intstr.IntOrString";
            case TIME -> "v1.Time";
            case MICRO_TIME -> "v1.MicroTime";
            case DURATION -> "v1.Duration";
            case BASE64 -> "[]uint8";
        };
    }

    /** {@code v1.Container} of {@code io.k8s.api.core.v1.Container}. */
    private static String packaged(String schema) {
        int last = schema.lastIndexOf('.');
        int before = last < 0 ? -1 : schema.lastIndexOf('.', last - 1);
        return schema.substring(before + 1);
    }
}
