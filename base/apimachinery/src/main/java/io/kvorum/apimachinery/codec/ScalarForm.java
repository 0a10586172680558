package io.kvorum.apimachinery.codec;

import io.kvorum.apimachinery.schema.ObjectSchema.FieldType;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.Scalar;
import io.kvorum.model.Quantity;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The canonical JSON form of plain values, such as {@code 500m} for a quantity of 0.5. */
final class ScalarForm {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    private ScalarForm() {}

    static JsonNode canonical(JsonNode value, Scalar type, String struct, Step at) {
        boolean fits = switch (type.form()) {
            case STRING, TIME, MICRO_TIME, DURATION, BASE64 -> value.isString();
            case BOOLEAN -> value.isBoolean();
            case INT32 -> value.isIntegralNumber() && value.canConvertToInt();
            case INT64 -> value.isIntegralNumber() && value.canConvertToLong();
            case DOUBLE -> value.isNumber();
            case QUANTITY -> value.isString() || value.isNumber();
            case INT_OR_STRING -> value.isString() || (value.isIntegralNumber() && value.canConvertToInt());
        };
        if (!fits) {
            throw TypeMismatch.of(value, struct, at, type);
        }
        return switch (type.form()) {
            case QUANTITY -> quantity(value);
            case TIME ->
                NODES.stringNode(time(value.stringValue())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());
            case MICRO_TIME ->
                NODES.stringNode(MICROS.format(time(value.stringValue()).atOffset(ZoneOffset.UTC)));
            case BASE64 -> base64(value);
            case STRING, DURATION, BOOLEAN, INT32, INT64, DOUBLE, INT_OR_STRING -> value;
        };
    }

    /** What a null inside a map means: the zero value. */
    static JsonNode zero(FieldType type) {
        return switch (type) {
            case Scalar scalar ->
                switch (scalar.form()) {
                    case BOOLEAN -> NODES.booleanNode(false);
                    case INT32, INT64, DOUBLE, INT_OR_STRING -> NODES.numberNode(0);
                    case QUANTITY -> NODES.stringNode("0");
                    case STRING, TIME, MICRO_TIME, DURATION, BASE64 -> NODES.stringNode("");
                };
            case FieldType.Reference _, FieldType.MapOf _ -> NODES.objectNode();
            case FieldType.ListOf _ -> NODES.arrayNode();
            case FieldType.Free() -> NODES.nullNode();
        };
    }

    private static JsonNode quantity(JsonNode value) {
        try {
            String text = value.isString() ? value.stringValue().strip() : value.toString();
            return NODES.stringNode(Quantity.parse(text).toString());
        } catch (Quantity.Malformed e) {
            throw new TypeMismatch(e.problem());
        }
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new TypeMismatch("parsing time \"%s\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"%s\""
                    .formatted(text, text.substring(Math.min(e.getErrorIndex(), text.length()))));
        }
    }

    private static JsonNode base64(JsonNode value) {
        try {
            Base64.getDecoder().decode(value.stringValue().replace("\n", "").replace("\r", ""));
            return value;
        } catch (IllegalArgumentException e) {
            throw new TypeMismatch("illegal base64 data: " + e.getMessage());
        }
    }
}
