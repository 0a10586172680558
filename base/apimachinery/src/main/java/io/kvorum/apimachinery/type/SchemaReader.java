package io.kvorum.apimachinery.type;

import io.kvorum.apimachinery.schema.ObjectSchema;
import io.kvorum.apimachinery.schema.ObjectSchema.Field;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType;
import io.kvorum.apimachinery.schema.ObjectSchema.Form;
import io.kvorum.apimachinery.schema.ObjectSchema.ListMerge;
import io.kvorum.apimachinery.schema.ObjectSchema.Traits;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one unpacked schema of the catalogue. */
final class SchemaReader {
    private static final int REFERENCE = 32;
    private static final int LIST = 33;
    private static final int MAP = 34;
    private static final int FREE = 35;
    private static final Form[] FORMS = Form.values();

    private SchemaReader() {}

    static ObjectSchema read(String name, DataInputStream in) throws IOException {
        boolean isAtomic = in.readBoolean();
        String description = in.readUTF();
        List<Field> fields = new ArrayList<>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            fields.add(field(in));
        }
        return new ObjectSchema(name, description, fields, isAtomic);
    }

    static List<String> words(DataInputStream in) throws IOException {
        int count = in.readUnsignedShort();
        if (count == 0) {
            return List.of();
        }
        List<String> words = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            words.add(in.readUTF());
        }
        return words;
    }

    private static Field field(DataInputStream in) throws IOException {
        String name = in.readUTF();
        boolean isRequired = in.readBoolean();
        FieldType type = type(in);
        String mapType = wordOrNull(in);
        List<String> strategies = words(in);
        String defaultJson = wordOrNull(in);
        String description = in.readUTF();
        Traits traits = mapType == null && defaultJson == null && strategies.isEmpty()
                ? Traits.NONE
                : new Traits(defaultJson, mapType, strategies);
        if (type instanceof FieldType.ListOf list && !strategies.isEmpty()) {
            ListMerge merge = list.merge();
            type = new FieldType.ListOf(
                    list.item(), new ListMerge(merge.listType(), merge.mapKeys(), strategies, merge.patchMergeKey()));
        }
        return new Field(name, type, description, isRequired, traits);
    }

    private static FieldType type(DataInputStream in) throws IOException {
        int tag = in.readUnsignedByte();
        return switch (tag) {
            case REFERENCE -> new FieldType.Reference(in.readUTF());
            case LIST -> new FieldType.ListOf(type(in), merge(in));
            case MAP -> new FieldType.MapOf(type(in));
            case FREE -> new FieldType.Free();
            default -> new FieldType.Scalar(form(tag), words(in));
        };
    }

    private static Form form(int tag) throws IOException {
        if (tag >= FORMS.length) {
            throw new IOException("it names a form %d, of which nothing is known".formatted(tag));
        }
        return FORMS[tag];
    }

    private static ListMerge merge(DataInputStream in) throws IOException {
        String listType = wordOrNull(in);
        List<String> keys = words(in);
        String mergeKey = wordOrNull(in);
        return listType == null && keys.isEmpty() && mergeKey == null
                ? ListMerge.ATOMIC
                : new ListMerge(listType, keys, List.of(), mergeKey);
    }

    private static @Nullable String wordOrNull(DataInputStream in) throws IOException {
        String word = in.readUTF();
        return word.isEmpty() ? null : word;
    }
}
