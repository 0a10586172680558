package io.kvorum.apimachinery.protobuf;

import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes trees as messages; for one output, one thread. What a type does not have is left out. */
final class MessageEncoder {
    private final MessageTables tables;
    private final WireWriter out;

    MessageEncoder(MessageTables tables, WireWriter out) {
        this.tables = tables;
        this.out = out;
    }

    void fields(Message message, ObjectNode object) {
        for (MessageField field : message.inlined()) {
            int size = out.size();
            fields(tables.message(field.target()), object);
            if (out.size() > size) {
                out.closeField(field.number(), size);
            }
        }
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            MessageField field = message.field(entry.getKey());
            if (field != null && !entry.getValue().isNull()) {
                field(field, entry.getValue());
            }
        }
    }

    private void field(MessageField field, JsonNode value) {
        switch (field.shape()) {
            case SINGLE -> tagged(field, value);
            case LIST -> {
                ArrayNode items = expect(ArrayNode.class, field, value);
                for (int i = items.size() - 1; i >= 0; i--) {
                    tagged(field, items.get(i));
                }
            }
            case MAP -> {
                for (Map.Entry<String, JsonNode> entry :
                        expect(ObjectNode.class, field, value).properties()) {
                    entry(field, entry);
                }
            }
            case INLINE -> throw new IllegalStateException("an inlined field has no name of its own");
        }
    }

    private void entry(MessageField field, Map.Entry<String, JsonNode> entry) {
        int size = out.size();
        if (!entry.getValue().isNull()) {
            value(field, entry.getValue());
            out.tag(2, field.kind().wireType());
        }
        out.string(1, entry.getKey());
        out.closeField(field.number(), size);
    }

    private void tagged(MessageField field, JsonNode value) {
        value(field, value);
        out.varint(field.tag());
    }

    /** A value with its length, if its kind has one. */
    private void value(MessageField field, JsonNode value) {
        switch (field.kind()) {
            case STRING -> out.string(text(field, value));
            case BOOLEAN -> out.varint(flag(field, value) ? 1 : 0);
            case WHOLE_NUMBER -> out.varint(number(field, value));
            case DOUBLE -> out.fixedDouble(value.asDouble());
            case BYTES -> out.bytes(base64(field, text(field, value)));
            case MESSAGE, TIME, MICRO_TIME, QUANTITY, INT_OR_STRING, RAW_JSON, TEXTS -> withLength(field, value);
            case SCHEMA_OR_SCHEMAS, SCHEMA_OR_FLAG, SCHEMA_OR_TEXTS -> {
                int size = out.size();
                schemaOr(field, value);
                out.lengthSince(size);
            }
        }
    }

    private void withLength(MessageField field, JsonNode value) {
        int size = out.size();
        switch (field.kind()) {
            case MESSAGE -> fields(tables.message(field.target()), expect(ObjectNode.class, field, value));
            case TIME, MICRO_TIME -> time(field, text(field, value));
            case QUANTITY -> out.string(1, value.asString());
            case INT_OR_STRING -> numberOrText(field, value);
            case RAW_JSON -> out.bytes(1, JsonMapper.shared().writeValueAsBytes(value));
            case TEXTS -> {
                ArrayNode texts = expect(ArrayNode.class, field, value);
                for (int i = texts.size() - 1; i >= 0; i--) {
                    out.string(1, text(field, texts.get(i)));
                }
            }
            case STRING, BOOLEAN, WHOLE_NUMBER, DOUBLE, BYTES, SCHEMA_OR_SCHEMAS, SCHEMA_OR_FLAG, SCHEMA_OR_TEXTS ->
                throw new IllegalStateException("written elsewhere");
        }
        out.lengthSince(size);
    }

    /** Of no text becomes an empty message, which is Go's zero time. */
    private void time(MessageField field, String text) {
        if (!text.isEmpty()) {
            Instant time = TimeText.parse(text);
            out.number(2, field.kind() == FieldKind.TIME ? 0 : time.getNano() / 1000 * 1000);
            out.number(1, time.getEpochSecond());
        }
    }

    private void numberOrText(MessageField field, JsonNode value) {
        out.string(3, value.isString() ? value.stringValue() : "");
        out.number(2, value.isString() ? 0 : number(field, value));
        out.number(1, value.isString() ? 1 : 0);
    }

    private void schemaOr(MessageField field, JsonNode value) {
        int schemaNumber = field.kind() == FieldKind.SCHEMA_OR_FLAG ? 2 : 1;
        if (value instanceof ObjectNode schema) {
            int size = out.size();
            fields(tables.message(field.target()), schema);
            out.closeField(schemaNumber, size);
            if (field.kind() == FieldKind.SCHEMA_OR_FLAG) {
                out.number(1, 1);
            }
        } else if (field.kind() == FieldKind.SCHEMA_OR_FLAG) {
            out.number(1, flag(field, value) ? 1 : 0);
        } else {
            ArrayNode items = expect(ArrayNode.class, field, value);
            for (int i = items.size() - 1; i >= 0; i--) {
                int size = out.size();
                if (field.kind() == FieldKind.SCHEMA_OR_TEXTS) {
                    out.string(2, text(field, items.get(i)));
                } else {
                    fields(tables.message(field.target()), expect(ObjectNode.class, field, items.get(i)));
                    out.closeField(2, size);
                }
            }
        }
    }

    private static String text(MessageField field, JsonNode value) {
        if (!value.isString()) {
            throw unfit(field, value);
        }
        return value.stringValue();
    }

    private static boolean flag(MessageField field, JsonNode value) {
        if (!value.isBoolean()) {
            throw unfit(field, value);
        }
        return value.booleanValue();
    }

    private static long number(MessageField field, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw unfit(field, value);
        }
        return value.longValue();
    }

    private static byte[] base64(MessageField field, String text) {
        try {
            return Base64.getMimeDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new UnfitTree("the field %s is no base64".formatted(field.jsonName()));
        }
    }

    private static <T extends JsonNode> T expect(Class<T> form, MessageField field, JsonNode value) {
        if (!form.isInstance(value)) {
            throw unfit(field, value);
        }
        return form.cast(value);
    }

    private static UnfitTree unfit(MessageField field, JsonNode value) {
        return new UnfitTree("the field %s holds a value of type %s".formatted(field.jsonName(), value.getNodeType()));
    }
}
