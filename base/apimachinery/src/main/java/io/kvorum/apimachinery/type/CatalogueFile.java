package io.kvorum.apimachinery.type;

import io.kvorum.apimachinery.schema.ObjectSchema;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue's resource in memory: an index, and each schema packed by itself until it is asked for. Any thread.
 *
 * <p>The generator in base/catalogue-generator is the writer and describes the layout.
 */
final class CatalogueFile {
    private static final String NAME = "catalogue.bin";
    private static final int MAGIC = 0x4b564331;
    private static final String EVERY_GROUP = "every-group/";

    /** @param kind group/version/kind, empty for a part of an object */
    private record Entry(String kind, int offset, int packedLength, int length) {}

    private final byte[] bytes;
    private final byte[] dictionary;
    private final List<ResourceType> resources = new ArrayList<>();
    private final TreeMap<String, Entry> entries = new TreeMap<>();
    private final Map<String, String> schemaByKind = new HashMap<>();

    private CatalogueFile(byte[] bytes) throws IOException {
        this.bytes = bytes;
        ByteBuffer header = ByteBuffer.wrap(bytes);
        if (header.getInt() != MAGIC) {
            throw new IOException("it does not begin with KVC1");
        }
        int length = header.getInt();
        int packedLength = header.getInt();
        byte[] index = unpack(header.position(), packedLength, length, new byte[0]);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(index));
        dictionary = in.readNBytes(in.readInt());
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            resources.add(resource(in));
        }
        readEntries(in, header.position() + packedLength);
    }

    static CatalogueFile read() {
        try (InputStream in = CatalogueFile.class.getResourceAsStream(NAME)) {
            if (in == null) {
                throw new IOException("it is missing from the program");
            }
            return new CatalogueFile(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read the catalogue of types (%s): %s; the installation is damaged, install again"
                            .formatted(NAME, e.getMessage()),
                    e);
        }
    }

    /** In the order of the file: groups and versions in discovery's order. */
    List<ResourceType> resources() {
        return resources;
    }

    /** Differs from that of any other catalogue. */
    String fingerprint() {
        CRC32 sum = new CRC32();
        sum.update(bytes);
        return bytes.length + "-" + sum.getValue();
    }

    Collection<String> schemaNames() {
        return entries.keySet();
    }

    boolean has(String schema) {
        return entries.containsKey(schema);
    }

    Optional<String> schemaName(GroupVersionKind kind) {
        String name = schemaByKind.get(kind.groupVersion().apiVersion() + "/" + kind.kind());
        return Optional.ofNullable(name == null ? schemaByKind.get(EVERY_GROUP + kind.kind()) : name);
    }

    List<GroupVersionKind> kinds(String schema, List<GroupVersion> groupVersions) {
        String text = entry(schema).kind();
        if (text.isEmpty()) {
            return List.of();
        }
        String kind = text.substring(text.lastIndexOf('/') + 1);
        if (text.startsWith(EVERY_GROUP)) {
            return groupVersions.stream().map(each -> each.kind(kind)).toList();
        }
        return List.of(kind(text));
    }

    /** Unpacks a schema that is there. */
    ObjectSchema schema(String name) {
        Entry entry = entry(name);
        try {
            byte[] plain = unpack(entry.offset(), entry.packedLength(), entry.length(), dictionary);
            return SchemaReader.read(name, new DataInputStream(new ByteArrayInputStream(plain)));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read the schema %s: %s; the installation is damaged, install again"
                            .formatted(name, e.getMessage()),
                    e);
        }
    }

    private Entry entry(String schema) {
        @Nullable Entry entry = entries.get(schema);
        if (entry == null) {
            throw new IllegalArgumentException("there is no schema " + schema);
        }
        return entry;
    }

    private void readEntries(DataInputStream in, int firstOffset) throws IOException {
        int offset = firstOffset;
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            String name = in.readUTF();
            String kind = in.readUTF();
            int length = in.readInt();
            int packedLength = in.readInt();
            entries.put(name, new Entry(kind, offset, packedLength, length));
            if (!kind.isEmpty()) {
                schemaByKind.put(kind, name);
            }
            offset += packedLength;
        }
    }

    private static ResourceType resource(DataInputStream in) throws IOException {
        GroupVersion groupVersion = GroupVersion.parse(in.readUTF());
        String plural = in.readUTF();
        String kind = in.readUTF();
        boolean isNamespaced = in.readBoolean();
        List<String> verbs = SchemaReader.words(in);
        List<String> shortNames = SchemaReader.words(in);
        List<String> categories = SchemaReader.words(in);
        List<ResourceType.Subresource> subresources = new ArrayList<>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            subresources.add(new ResourceType.Subresource(in.readUTF(), kind(in.readUTF()), SchemaReader.words(in)));
        }
        return new ResourceType(
                groupVersion.resource(plural),
                kind,
                kind.toLowerCase(Locale.ROOT),
                isNamespaced,
                verbs,
                shortNames,
                categories,
                subresources,
                in.readUTF(),
                in.readUTF(),
                in.readUTF(),
                in.readBoolean());
    }

    private static GroupVersionKind kind(String text) {
        int slash = text.lastIndexOf('/');
        return GroupVersion.parse(text.substring(0, slash)).kind(text.substring(slash + 1));
    }

    private byte[] unpack(int offset, int packedLength, int length, byte[] words) throws IOException {
        Inflater inflater = new Inflater(true);
        try {
            if (words.length > 0) {
                inflater.setDictionary(words);
            }
            inflater.setInput(bytes, offset, packedLength);
            byte[] plain = new byte[length];
            int got = inflater.inflate(plain);
            if (got != length) {
                throw new IOException("%d bytes were promised, %d are there".formatted(length, got));
            }
            return plain;
        } catch (DataFormatException e) {
            throw new IOException("its packing is broken", e);
        } finally {
            inflater.end();
        }
    }
}
