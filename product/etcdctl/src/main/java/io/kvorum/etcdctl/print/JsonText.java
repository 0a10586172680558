package io.kvorum.etcdctl.print;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Messages as the JSON that Go makes of etcd's structs: names of the wire, numbers for ids and enums, no defaults. */
final class JsonText {
    private JsonText() {}

    static String of(Message message) {
        StringBuilder text = new StringBuilder();
        append(text, message);
        return text.toString();
    }

    /** The fields alone, to be put among others. */
    static String fields(Message message) {
        String object = of(message);
        return object.substring(1, object.length() - 1);
    }

    private static void append(StringBuilder text, Message message) {
        text.append('{');
        String separator = "";
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isRepeated() ? message.getRepeatedFieldCount(field) == 0 : !message.hasField(field)) {
                continue;
            }
            OneofDescriptor choice = field.getRealContainingOneof();
            text.append(separator);
            if (choice == null) {
                text.append('"').append(field.getName()).append("\":");
                appendField(text, message, field);
            } else {
                text.append('"').append(camel(choice.getName())).append("\":{\"");
                text.append(camel(field.getName())).append("\":");
                appendField(text, message, field);
                text.append('}');
            }
            separator = ",";
        }
        text.append('}');
    }

    private static void appendField(StringBuilder text, Message message, FieldDescriptor field) {
        if (!field.isRepeated()) {
            appendValue(text, field, message.getField(field));
            return;
        }
        text.append('[');
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
            text.append(i == 0 ? "" : ",");
            appendValue(text, field, message.getRepeatedField(field, i));
        }
        text.append(']');
    }

    private static void appendValue(StringBuilder text, FieldDescriptor field, Object value) {
        switch (value) {
            case Message each -> append(text, each);
            case ByteString each -> text.append('"').append(base64(each)).append('"');
            case EnumValueDescriptor each -> text.append(each.getNumber());
            case String each -> text.append(quote(each));
            case Long each ->
                text.append(
                        field.getType() == FieldDescriptor.Type.UINT64 ? Long.toUnsignedString(each) : each.toString());
            case Integer each ->
                text.append(
                        field.getType() == FieldDescriptor.Type.UINT32
                                ? Integer.toUnsignedString(each)
                                : each.toString());
            default -> text.append(value);
        }
    }

    static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    static String list(List<String> values) {
        return "[" + String.join(",", values) + "]";
    }

    static String quote(String value) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '<', '>', '&', '\u2028', '\u2029' -> text.append("\\u%04x".formatted((int) c));
                default -> text.append(c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
            }
        }
        return text.append('"').toString();
    }

    private static String camel(String name) {
        StringBuilder camel = new StringBuilder();
        for (String word : name.split("_")) {
            camel.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return camel.toString();
    }
}
