package io.kvorum.apimachinery.protobuf;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The resource that the build made of upstream's descriptors; a message is read when first asked for. Any thread.
 *
 * <p>MessageWriter in base/catalogue-generator is the writer and describes the layout.
 */
final class MessageTables {
    private static final String NAME = "messages.bin";
    private static final int MAGIC = 0x4b565031;
    private static final String EVERY_GROUP = "every-group/";
    private static final FieldKind[] KINDS = FieldKind.values();
    private static final MessageField.Shape[] SHAPES = MessageField.Shape.values();

    private final byte[] plain;
    private final int[] offsets;
    private final Map<String, Integer> placeBySchema;
    private final Map<String, String> schemaByKind = new HashMap<>();
    private final AtomicReferenceArray<@Nullable Message> messages;

    private MessageTables(byte[] plain) throws IOException {
        this.plain = plain;
        ByteArrayInputStream bytes = new ByteArrayInputStream(plain);
        DataInputStream in = new DataInputStream(bytes);
        offsets = new int[in.readUnsignedShort()];
        placeBySchema = HashMap.newHashMap(offsets.length);
        messages = new AtomicReferenceArray<>(offsets.length);
        int length = 0;
        for (int place = 0; place < offsets.length; place++) {
            String schema = in.readUTF();
            placeBySchema.put(schema, place);
            String kind = in.readUTF();
            if (!kind.isEmpty()) {
                schemaByKind.put(kind, schema);
            }
            offsets[place] = length;
            length += in.readUnsignedShort();
        }
        int start = plain.length - bytes.available();
        for (int place = 0; place < offsets.length; place++) {
            offsets[place] += start;
        }
    }

    static MessageTables read() {
        try (InputStream file = MessageTables.class.getResourceAsStream(NAME)) {
            if (file == null) {
                throw new IOException("it is missing from the program");
            }
            DataInputStream head = new DataInputStream(file);
            if (head.readInt() != MAGIC) {
                throw new IOException("it does not begin with KVP1");
            }
            int length = head.readInt();
            byte[] plain = new InflaterInputStream(file, new Inflater(true)).readNBytes(length);
            return new MessageTables(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read the tables of protobuf (%s): %s; the installation is damaged, install again"
                            .formatted(NAME, e.getMessage()),
                    e);
        }
    }

    boolean has(String schema) {
        return placeBySchema.containsKey(schema);
    }

    Message message(String schema) {
        Integer place = placeBySchema.get(schema);
        if (place == null) {
            throw new IllegalArgumentException(schema + " does not travel as protobuf");
        }
        return message(place);
    }

    Message message(int place) {
        Message known = messages.get(place);
        if (known != null) {
            return known;
        }
        // Two threads may read it at once and get the same.
        Message read = read(offsets[place]);
        messages.set(place, read);
        return read;
    }

    /** The schema of a kind; null for one that does not travel as protobuf. */
    @Nullable
    String schema(String apiVersion, String kind) {
        String schema = schemaByKind.get(apiVersion + "/" + kind);
        return schema == null ? schemaByKind.get(EVERY_GROUP + kind) : schema;
    }

    private Message read(int offset) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(plain, offset, plain.length - offset))) {
            List<MessageField> fields = new ArrayList<>();
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                int number = in.readUnsignedShort();
                MessageField.Shape shape = SHAPES[in.readUnsignedByte()];
                FieldKind kind = KINDS[in.readUnsignedByte()];
                boolean dropsZero = in.readBoolean();
                String jsonName = in.readUTF();
                int target = kind.refersToMessage() ? in.readUnsignedShort() : -1;
                fields.add(new MessageField(number, shape, kind, dropsZero, jsonName, target));
            }
            return new Message(fields);
        } catch (IOException e) {
            throw new UncheckedIOException("the tables of protobuf end early; install again", e);
        }
    }
}
