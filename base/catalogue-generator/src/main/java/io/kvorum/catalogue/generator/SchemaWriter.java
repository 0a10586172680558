package io.kvorum.catalogue.generator;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes one schema: whether it is atomic, its description, then field after field. */
final class SchemaWriter {
    /** In the order of ObjectSchema.Form. */
    private static final List<String> FORMS = List.of(
            "string",
            "boolean",
            "int32",
            "int64",
            "double",
            "quantity",
            "int-or-string",
            "time",
            "micro-time",
            "duration",
            "base64");

    private static final int REFERENCE = 32;
    private static final int LIST = 33;
    private static final int MAP = 34;
    private static final int FREE = 35;

    private final TypeFacts type;
    private final ModelTypes models;
    private final Dictionary dictionary;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    SchemaWriter(TypeFacts type, ModelTypes models, Dictionary dictionary) {
        this.type = type;
        this.models = models;
        this.dictionary = dictionary;
    }

    byte[] write() throws IOException {
        List<ModelField> fields = fields(type, models);
        fields.forEach(field -> note(field.description()));
        out.writeBoolean(type.extras().containsKey("atomic"));
        out.writeUTF(type.hasModelClass() ? models.description(type) : "");
        out.writeShort(fields.size());
        for (ModelField field : fields) {
            writeField(field, type.field(field.jsonName()));
        }
        return bytes.toByteArray();
    }

    private void note(String text) {
        if (text.length() > 3) {
            dictionary.note(text);
        }
    }

    static List<ModelField> fields(TypeFacts type, ModelTypes models) {
        if (type.hasModelClass()) {
            List<ModelField> fields = models.fields(type);
            List<String> known = fields.stream().map(ModelField::jsonName).toList();
            List<String> strangers = new ArrayList<>(type.fields().keySet());
            strangers.removeAll(known);
            if (!strangers.isEmpty()) {
                throw new IllegalStateException(
                        "%s has no fields %s; correct types.txt".formatted(type.name(), strangers));
            }
            return fields;
        }
        List<ModelField> fields = new ArrayList<>();
        type.fields()
                .forEach((name, facts) -> fields.add(
                        new ModelField(name, facts.getOrDefault("type", "free"), "", facts.containsKey("required"))));
        return fields;
    }

    private void writeField(ModelField field, Map<String, String> facts) throws IOException {
        out.writeUTF(field.jsonName());
        out.writeBoolean((field.isRequired() || facts.containsKey("required")) && !facts.containsKey("optional"));
        writeType(facts.getOrDefault("form", facts.getOrDefault("type", field.type())), facts);
        out.writeUTF(facts.getOrDefault("map", ""));
        CatalogueWriter.writeList(out, Pairs.list(facts, "strategy"));
        out.writeUTF(facts.getOrDefault("default", ""));
        out.writeUTF(field.description());
    }

    private void writeType(String text, Map<String, String> facts) throws IOException {
        int form = FORMS.indexOf(text);
        if (form >= 0) {
            out.writeByte(form);
            CatalogueWriter.writeList(out, Pairs.list(facts, "enum"));
        } else if (text.startsWith("[]")) {
            out.writeByte(LIST);
            writeType(text.substring(2), facts.containsKey("enum") ? Map.of("enum", facts.get("enum")) : Map.of());
            out.writeUTF(facts.getOrDefault("list", ""));
            CatalogueWriter.writeList(out, Pairs.list(facts, "keys"));
            out.writeUTF(facts.getOrDefault("on", ""));
        } else if (text.startsWith("{}")) {
            out.writeByte(MAP);
            writeType(text.substring(2), facts.containsKey("enum") ? Map.of("enum", facts.get("enum")) : Map.of());
        } else if (text.equals("free")) {
            out.writeByte(FREE);
        } else {
            note(text);
            out.writeByte(REFERENCE);
            out.writeUTF(text);
        }
    }
}
