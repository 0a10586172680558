package io.kvorum.crictl.print;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import io.kvorum.crictl.session.Failure;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The runtime's messages as JSON trees: fields that are unset show their default, but absent messages are left out. */
public final class ProtoTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ProtoTree() {}

    public static ObjectNode of(MessageOrBuilder message) {
        ObjectNode tree = NODES.objectNode();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isMapField()) {
                tree.set(field.getJsonName(), entries(message, field));
            } else if (field.isRepeated()) {
                ArrayNode items = NODES.arrayNode();
                for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
                    items.add(value(field, message.getRepeatedField(field, i)));
                }
                tree.set(field.getJsonName(), items);
            } else if (field.getJavaType() != JavaType.MESSAGE || message.hasField(field)) {
                tree.set(field.getJsonName(), value(field, message.getField(field)));
            }
        }
        return tree;
    }

    private static ObjectNode entries(MessageOrBuilder message, FieldDescriptor field) {
        FieldDescriptor key = field.getMessageType().findFieldByName("key");
        FieldDescriptor value = field.getMessageType().findFieldByName("value");
        Map<String, JsonNode> sorted = new TreeMap<>();
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
            Message entry = (Message) message.getRepeatedField(field, i);
            sorted.put(String.valueOf(entry.getField(key)), value(value, entry.getField(value)));
        }
        ObjectNode tree = NODES.objectNode();
        sorted.forEach(tree::set);
        return tree;
    }

    /** Whole numbers of 64 bits are texts, as protobuf's JSON has them. */
    private static JsonNode value(FieldDescriptor field, Object value) {
        return switch (field.getJavaType()) {
            case MESSAGE -> of((Message) value);
            case ENUM -> NODES.stringNode(((EnumValueDescriptor) value).getName());
            case STRING -> NODES.stringNode((String) value);
            case BOOLEAN -> NODES.booleanNode((Boolean) value);
            case INT ->
                field.getType() == FieldDescriptor.Type.UINT32
                        ? NODES.numberNode(Integer.toUnsignedLong((Integer) value))
                        : NODES.numberNode((Integer) value);
            case LONG ->
                NODES.stringNode(
                        field.getType() == FieldDescriptor.Type.UINT64
                                ? Long.toUnsignedString((Long) value)
                                : Long.toString((Long) value));
            case FLOAT -> NODES.numberNode((Float) value);
            case DOUBLE -> NODES.numberNode((Double) value);
            case BYTE_STRING ->
                NODES.stringNode(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
        };
    }

    /** Fills a message from what a JSON or YAML file holds; names may be in snake_case or camelCase. */
    public static void fill(Message.Builder builder, Map<?, ?> tree, String where) {
        tree.forEach((key, value) -> {
            String name = String.valueOf(key);
            FieldDescriptor field = builder.getDescriptorForType().getFields().stream()
                    .filter(each -> each.getName().equals(name)
                            || each.getJsonName().equals(name)
                            || each.getJsonName().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new Failure("%s: there is no field \"%s\"".formatted(where, name)));
            if (value != null) {
                set(builder, field, value, where + "." + name);
            }
        });
    }

    private static void set(Message.Builder builder, FieldDescriptor field, Object value, String where) {
        if (field.isMapField()) {
            mapping(value, where).forEach((key, each) -> {
                Message.Builder entry = builder.newBuilderForField(field);
                entry.setField(field.getMessageType().findFieldByName("key"), String.valueOf(key));
                entry.setField(field.getMessageType().findFieldByName("value"), String.valueOf(each));
                builder.addRepeatedField(field, entry.build());
            });
        } else if (field.isRepeated()) {
            if (!(value instanceof List<?> items)) {
                throw new Failure("%s must be a list".formatted(where));
            }
            items.forEach(each -> builder.addRepeatedField(field, scalar(builder, field, each, where)));
        } else {
            builder.setField(field, scalar(builder, field, value, where));
        }
    }

    private static Object scalar(Message.Builder builder, FieldDescriptor field, Object value, String where) {
        try {
            return switch (field.getJavaType()) {
                case MESSAGE -> {
                    Message.Builder inner = builder.newBuilderForField(field);
                    fill(inner, mapping(value, where), where);
                    yield inner.build();
                }
                case ENUM -> enumeration(field, value, where);
                case STRING -> String.valueOf(value);
                case BOOLEAN -> Boolean.valueOf(String.valueOf(value));
                case INT -> Integer.decode(String.valueOf(value));
                case LONG -> Long.decode(String.valueOf(value));
                case FLOAT -> Float.valueOf(String.valueOf(value));
                case DOUBLE -> Double.valueOf(String.valueOf(value));
                case BYTE_STRING -> ByteString.copyFrom(Base64.getDecoder().decode(String.valueOf(value)));
            };
        } catch (IllegalArgumentException malformed) {
            throw new Failure("%s cannot be \"%s\"".formatted(where, value));
        }
    }

    private static EnumValueDescriptor enumeration(FieldDescriptor field, Object value, String where) {
        EnumValueDescriptor found = value instanceof Number number
                ? field.getEnumType().findValueByNumber(number.intValue())
                : field.getEnumType().findValueByName(String.valueOf(value));
        if (found == null) {
            throw new Failure("%s cannot be \"%s\"".formatted(where, value));
        }
        return found;
    }

    private static Map<?, ?> mapping(Object value, String where) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new Failure("%s must be a mapping".formatted(where));
    }
}
