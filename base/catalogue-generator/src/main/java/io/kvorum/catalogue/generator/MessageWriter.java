package io.kvorum.catalogue.generator;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes how types travel as protobuf: the four bytes KVP1, the length of the rest, then the rest, packed: how many
 * messages there are, of each its name, kind and length, then every message: its fields, each with number, shape, kind,
 * whether a zero means absence, JSON name and, where it refers to one, the message by its place in the list.
 */
final class MessageWriter {
    private static final int MAGIC = 0x4b565031;
    private static final int SINGLE = 0;
    private static final int LIST = 1;
    private static final int MAP = 2;
    private static final int INLINE = 3;

    /** The JSON fields that protobuf has in its envelope. */
    private static final Set<String> IDENTITY = Set.of("apiVersion", "kind");

    private final List<TypeFacts> types;
    private final ModelTypes models;
    private final Map<String, Descriptor> descriptors;
    private final Map<String, Set<String>> zeros = new HashMap<>();

    /** Schema names to messages, in the order of the file. */
    private final Map<String, Descriptor> messages = new LinkedHashMap<>();

    MessageWriter(
            List<TypeFacts> types, ModelTypes models, Map<String, Descriptor> descriptors, List<String> zeroFacts) {
        this.types = types;
        this.models = models;
        this.descriptors = descriptors;
        for (String line : zeroFacts) {
            List<String> words = List.of(line.split(" "));
            zeros.put(words.getFirst(), new HashSet<>(words.subList(1, words.size())));
        }
    }

    byte[] write() throws IOException {
        Map<String, TypeFacts> factsByName = new TreeMap<>();
        types.forEach(type -> factsByName.put(type.name(), type));
        for (TypeFacts type : types) {
            Descriptor message = descriptors.get(ProtobufDescriptors.messageName(type.name()));
            if (message != null && MessageKind.of(message) == MessageKind.MESSAGE) {
                collect(message);
            }
        }
        List<String> names = List.copyOf(messages.keySet());
        var index = new ByteArrayOutputStream();
        var bodies = new ByteArrayOutputStream();
        var out = new DataOutputStream(index);
        out.writeShort(names.size());
        for (Map.Entry<String, Descriptor> entry : messages.entrySet()) {
            String name = entry.getKey();
            TypeFacts facts = factsByName.get(name);
            byte[] body = body(entry.getValue(), facts, names);
            out.writeUTF(name);
            out.writeUTF(facts == null ? "" : facts.extras().getOrDefault("kind", ""));
            out.writeShort(body.length);
            bodies.write(body);
        }
        index.write(bodies.toByteArray());
        return file(index.toByteArray());
    }

    private static byte[] file(byte[] plain) throws IOException {
        var file = new ByteArrayOutputStream();
        var out = new DataOutputStream(file);
        out.writeInt(MAGIC);
        out.writeInt(plain.length);
        out.write(CatalogueWriter.pack(plain, new byte[0]));
        return file.toByteArray();
    }

    private void collect(Descriptor message) {
        if (messages.putIfAbsent(ProtobufDescriptors.schemaName(message), message) != null) {
            return;
        }
        for (FieldDescriptor field : message.getFields()) {
            referred(field).ifPresent(this::collect);
        }
    }

    /** The message that a field (a map: its values) consists of or is made from. */
    private Optional<Descriptor> referred(FieldDescriptor field) {
        FieldDescriptor value = value(field);
        MessageKind kind = MessageKind.of(value);
        if (kind == MessageKind.MESSAGE) {
            return Optional.of(value.getMessageType());
        }
        return kind.refersToMessage()
                ? Optional.of(value.getMessageType()
                        .findFieldByNumber(kind == MessageKind.SCHEMA_OR_FLAG ? 2 : 1)
                        .getMessageType())
                : Optional.empty();
    }

    private static FieldDescriptor value(FieldDescriptor field) {
        return field.isMapField() ? field.getMessageType().findFieldByNumber(2) : field;
    }

    private byte[] body(Descriptor message, @Nullable TypeFacts facts, List<String> names) throws IOException {
        String schema = ProtobufDescriptors.schemaName(message);
        List<ModelField> fields = facts == null ? List.of() : SchemaWriter.fields(facts, models);
        Map<String, ModelField> unclaimed = new LinkedHashMap<>();
        fields.forEach(field -> unclaimed.put(plain(field.jsonName()), field));
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        int count = 0;
        for (FieldDescriptor field : message.getFields()) {
            ModelField model = unclaimed.remove(plain(field.getName()));
            boolean isInline = facts != null && model == null;
            if (isInline && !claimInlined(field, unclaimed)) {
                continue; // newer than the JSON form that is served
            }
            String jsonName = model == null ? field.getName() : model.jsonName();
            writeField(out, field, jsonName, isInline, dropsZero(schema, jsonName, model), names);
            count++;
        }
        List<String> left = unclaimed.values().stream()
                .map(ModelField::jsonName)
                .filter(name -> !IDENTITY.contains(name))
                .toList();
        if (!left.isEmpty()) {
            throw new IllegalStateException("%s has no protobuf fields for %s".formatted(schema, left));
        }
        var whole = new ByteArrayOutputStream();
        new DataOutputStream(whole).writeShort(count);
        whole.write(bytes.toByteArray());
        return whole.toByteArray();
    }

    /**
     * What Go has as an embedded struct is a message of its own on the wire, and stands flat in JSON.
     *
     * @return whether it is one: some field of the JSON form is in it
     */
    private static boolean claimInlined(FieldDescriptor field, Map<String, ModelField> unclaimed) {
        if (field.isRepeated() || MessageKind.of(field) != MessageKind.MESSAGE) {
            return false;
        }
        boolean isClaimed = false;
        for (FieldDescriptor inner : field.getMessageType().getFields()) {
            isClaimed |= unclaimed.remove(plain(inner.getName())) != null || claimInlined(inner, unclaimed);
        }
        return isClaimed;
    }

    /** Names are the same but for case, dashes and dollars. */
    private static String plain(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    private boolean dropsZero(String schema, String jsonName, @Nullable ModelField model) {
        Set<String> facts = zeros.getOrDefault(schema, Set.of());
        boolean isRequired = model != null && model.isRequired();
        return !facts.contains(jsonName) && (!isRequired || facts.contains("-" + jsonName));
    }

    private void writeField(
            DataOutputStream out,
            FieldDescriptor field,
            String jsonName,
            boolean isInline,
            boolean dropsZero,
            List<String> names)
            throws IOException {
        MessageKind kind = MessageKind.of(value(field));
        out.writeShort(field.getNumber());
        out.writeByte(isInline ? INLINE : field.isMapField() ? MAP : field.isRepeated() ? LIST : SINGLE);
        out.writeByte(kind.place());
        out.writeBoolean(kind.isPlain() && dropsZero);
        out.writeUTF(jsonName);
        if (kind.refersToMessage()) {
            out.writeShort(
                    names.indexOf(ProtobufDescriptors.schemaName(referred(field).orElseThrow())));
        }
    }
}
