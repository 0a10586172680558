package io.kvorum.apimachinery.protobuf;

import io.kvorum.apimachinery.tree.Tree;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes trees of messages, as the same object's JSON would give them; for one input, one thread. */
final class MessageDecoder {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final MessageTables tables;
    private final WireReader in;
    private final int maxDepth;

    MessageDecoder(MessageTables tables, WireReader in, int maxDepth) {
        this.tables = tables;
        this.in = in;
        this.maxDepth = maxDepth;
    }

    /** Reads up to the reader's end; unknown fields are skipped. */
    void fields(Message message, ObjectNode object, int depth) {
        if (depth > maxDepth) {
            throw new MalformedProtobuf("messages are nested deeper than " + maxDepth);
        }
        while (!in.isAtEnd()) {
            int tag = in.tag();
            MessageField field = message.field(tag >>> 3);
            if (field == null) {
                in.skip(tag);
            } else {
                field(field, WireType.of(tag), object, depth);
            }
        }
    }

    private void field(MessageField field, WireType wireType, ObjectNode object, int depth) {
        switch (field.shape()) {
            case SINGLE -> single(field, wireType, object, depth);
            case LIST -> items(field, wireType, object.withArrayProperty(field.jsonName()), depth);
            case MAP -> {
                expect(WireType.LENGTH, wireType, field);
                entry(field, object.withObjectProperty(field.jsonName()), depth);
            }
            case INLINE -> {
                expect(WireType.LENGTH, wireType, field);
                message(field, object, depth);
            }
        }
    }

    private void single(MessageField field, WireType wireType, ObjectNode object, int depth) {
        expect(field.kind().wireType(), wireType, field);
        JsonNode present = object.get(field.jsonName());
        if (field.kind() == FieldKind.MESSAGE && present instanceof ObjectNode sameMessage) {
            message(field, sameMessage, depth); // one that comes in parts is one
            return;
        }
        JsonNode value = value(field, depth);
        if (value == null || (field.dropsZero() && isZero(value))) {
            object.remove(field.jsonName());
        } else {
            object.set(field.jsonName(), value);
        }
    }

    private static boolean isZero(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> value.stringValue().isEmpty();
            case BOOLEAN -> !value.booleanValue();
            case NUMBER -> value.asDouble() == 0;
            case ARRAY, BINARY, MISSING, NULL, OBJECT, POJO -> false;
        };
    }

    private void items(MessageField field, WireType wireType, ArrayNode items, int depth) {
        WireType expected = field.kind().wireType();
        if (wireType == WireType.LENGTH && expected != WireType.LENGTH) {
            int outer = in.enter(); // several plain values in one field
            while (!in.isAtEnd()) {
                items.add(value(field, depth));
            }
            in.leave(outer);
            return;
        }
        expect(expected, wireType, field);
        JsonNode value = value(field, depth);
        items.add(value == null ? NODES.nullNode() : value);
    }

    private void entry(MessageField field, ObjectNode map, int depth) {
        int outer = in.enter();
        String key = "";
        JsonNode value = null;
        while (!in.isAtEnd()) {
            int tag = in.tag();
            if (tag == MessageField.tag(1, WireType.LENGTH)) {
                key = in.string();
            } else if (tag == MessageField.tag(2, field.kind().wireType())) {
                value = value(field, depth);
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        map.set(key, value == null ? zero(field.kind()) : value);
    }

    private static JsonNode zero(FieldKind kind) {
        return switch (kind) {
            case STRING, BYTES -> NODES.stringNode("");
            case BOOLEAN -> NODES.booleanNode(false);
            case WHOLE_NUMBER, INT_OR_STRING -> NODES.numberNode(0);
            case DOUBLE -> NODES.numberNode(0.0);
            case QUANTITY -> NODES.stringNode("0");
            case MESSAGE -> NODES.objectNode();
            case TEXTS -> NODES.arrayNode();
            case TIME, MICRO_TIME, RAW_JSON, SCHEMA_OR_SCHEMAS, SCHEMA_OR_FLAG, SCHEMA_OR_TEXTS -> NODES.nullNode();
        };
    }

    private static void expect(WireType expected, WireType found, MessageField field) {
        if (expected != found) {
            throw new MalformedProtobuf("wrong wireType = %d for field %s".formatted(found.number(), field.jsonName()));
        }
    }

    /** The value whose tag has just been read; null for one that says that there is none. */
    private @Nullable JsonNode value(MessageField field, int depth) {
        return switch (field.kind()) {
            case STRING -> NODES.stringNode(in.string());
            case BOOLEAN -> NODES.booleanNode(in.varint() != 0);
            case WHOLE_NUMBER -> Tree.whole(in.varint());
            case DOUBLE -> NODES.numberNode(in.fixedDouble());
            case BYTES -> NODES.stringNode(Base64.getEncoder().encodeToString(in.bytes()));
            case MESSAGE -> {
                ObjectNode object = NODES.objectNode();
                message(field, object, depth);
                yield object;
            }
            case TIME, MICRO_TIME -> time(field.kind());
            case QUANTITY -> quantity();
            case INT_OR_STRING -> numberOrText();
            case RAW_JSON -> json();
            case TEXTS -> texts();
            case SCHEMA_OR_SCHEMAS, SCHEMA_OR_FLAG, SCHEMA_OR_TEXTS -> schemaOr(field, depth);
        };
    }

    private void message(MessageField field, ObjectNode object, int depth) {
        int outer = in.enter();
        fields(tables.message(field.target()), object, depth + 1);
        in.leave(outer);
    }

    /** Of an empty message Go makes the zero time, which is null in JSON. */
    private @Nullable JsonNode time(FieldKind kind) {
        int outer = in.enter();
        boolean isSet = !in.isAtEnd();
        long seconds = 0;
        long nanos = 0;
        while (!in.isAtEnd()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> seconds = in.varint();
                case 2 << 3 -> nanos = in.varint();
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        if (!isSet) {
            return null;
        }
        return NODES.stringNode(kind == FieldKind.TIME ? TimeText.seconds(seconds) : TimeText.micros(seconds, nanos));
    }

    private JsonNode quantity() {
        int outer = in.enter();
        String text = "";
        while (!in.isAtEnd()) {
            int tag = in.tag();
            if (tag == MessageField.tag(1, WireType.LENGTH)) {
                text = in.string();
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        return NODES.stringNode(text.isEmpty() ? "0" : text);
    }

    private JsonNode numberOrText() {
        int outer = in.enter();
        long type = 0;
        long number = 0;
        String text = "";
        while (!in.isAtEnd()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> type = in.varint();
                case 2 << 3 -> number = in.varint();
                case (3 << 3) | 2 -> text = in.string();
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        return type == 0 ? NODES.numberNode((int) number) : NODES.stringNode(text);
    }

    private @Nullable JsonNode json() {
        int outer = in.enter();
        byte[] raw = new byte[0];
        while (!in.isAtEnd()) {
            int tag = in.tag();
            if (tag == MessageField.tag(1, WireType.LENGTH)) {
                raw = in.bytes();
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        if (raw.length == 0) {
            return null;
        }
        try {
            return JsonMapper.shared().readTree(raw);
        } catch (JacksonException e) {
            throw new MalformedProtobuf("embedded JSON cannot be read: " + e.getOriginalMessage());
        }
    }

    private JsonNode texts() {
        int outer = in.enter();
        ArrayNode texts = NODES.arrayNode();
        while (!in.isAtEnd()) {
            int tag = in.tag();
            if (tag == MessageField.tag(1, WireType.LENGTH)) {
                texts.add(in.string());
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        return texts;
    }

    /** A schema or, in its place, a list of schemas, a flag, or a list of texts. */
    private @Nullable JsonNode schemaOr(MessageField field, int depth) {
        int schemaTag = MessageField.tag(field.kind() == FieldKind.SCHEMA_OR_FLAG ? 2 : 1, WireType.LENGTH);
        int outer = in.enter();
        ObjectNode schema = null;
        ArrayNode list = NODES.arrayNode();
        boolean allows = false;
        while (!in.isAtEnd()) {
            int tag = in.tag();
            if (tag == schemaTag) {
                schema = schema == null ? NODES.objectNode() : schema;
                message(field, schema, depth);
            } else if (tag == 1 << 3) {
                allows = in.varint() != 0;
            } else if (tag == MessageField.tag(2, WireType.LENGTH)) {
                if (field.kind() == FieldKind.SCHEMA_OR_TEXTS) {
                    list.add(in.string());
                } else {
                    message(field, list.addObject(), depth);
                }
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        if (!list.isEmpty()) {
            return list;
        }
        return schema == null && field.kind() == FieldKind.SCHEMA_OR_FLAG ? NODES.booleanNode(allows) : schema;
    }
}
