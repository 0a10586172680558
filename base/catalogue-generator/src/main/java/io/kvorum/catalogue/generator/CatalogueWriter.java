package io.kvorum.catalogue.generator;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;

/**
 * Packs the catalogue: the four bytes KVC1, the index (its unpacked and packed length, then itself, packed), then every
 * schema packed by itself, with a dictionary that stands in the index. Thus a reader unpacks one schema at a time.
 */
final class CatalogueWriter {
    private static final int MAGIC = 0x4b564331;

    private final List<ResourceFacts> resources;
    private final List<TypeFacts> types;
    private final ModelTypes models;

    CatalogueWriter(List<ResourceFacts> resources, List<TypeFacts> types, ModelTypes models) {
        this.resources = resources;
        this.types = types;
        this.models = models;
    }

    byte[] write() throws IOException {
        List<byte[]> plain = new ArrayList<>();
        Dictionary dictionary = new Dictionary();
        for (TypeFacts type : types) {
            plain.add(new SchemaWriter(type, models, dictionary).write());
        }
        byte[] words = dictionary.bytes();
        List<byte[]> packed = new ArrayList<>();
        for (byte[] each : plain) {
            packed.add(pack(each, words));
        }
        byte[] index = index(words, plain, packed);
        byte[] packedIndex = pack(index, new byte[0]);
        var file = new ByteArrayOutputStream();
        var out = new DataOutputStream(file);
        out.writeInt(MAGIC);
        out.writeInt(index.length);
        out.writeInt(packedIndex.length);
        out.write(packedIndex);
        for (byte[] each : packed) {
            out.write(each);
        }
        return file.toByteArray();
    }

    private byte[] index(byte[] words, List<byte[]> plain, List<byte[]> packed) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeInt(words.length);
        out.write(words);
        out.writeShort(resources.size());
        for (ResourceFacts resource : resources) {
            writeResource(out, resource);
        }
        out.writeShort(types.size());
        for (int i = 0; i < types.size(); i++) {
            TypeFacts type = types.get(i);
            out.writeUTF(type.name());
            out.writeUTF(type.extras().getOrDefault("kind", ""));
            out.writeInt(plain.get(i).length);
            out.writeInt(packed.get(i).length);
        }
        return bytes.toByteArray();
    }

    private static void writeResource(DataOutputStream out, ResourceFacts resource) throws IOException {
        Map<String, String> extras = resource.extras();
        out.writeUTF(resource.groupVersion());
        out.writeUTF(resource.plural());
        out.writeUTF(resource.kind());
        out.writeBoolean(resource.isNamespaced());
        writeList(out, resource.verbs());
        writeList(out, Pairs.list(extras, "short"));
        writeList(out, Pairs.list(extras, "categories"));
        out.writeShort(resource.subresources().size());
        for (ResourceFacts.Subresource each : resource.subresources()) {
            out.writeUTF(each.name());
            out.writeUTF(each.kind());
            writeList(out, each.verbs());
        }
        out.writeUTF(extras.getOrDefault("store", ""));
        out.writeUTF(resource.schema());
        out.writeUTF(extras.getOrDefault("as", resource.version()));
        out.writeBoolean(extras.containsKey("returns-deleted"));
    }

    static void writeList(DataOutputStream out, List<String> words) throws IOException {
        out.writeShort(words.size());
        for (String word : words) {
            out.writeUTF(word);
        }
    }

    static byte[] pack(byte[] plain, byte[] dictionary) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            if (dictionary.length > 0) {
                deflater.setDictionary(dictionary);
            }
            deflater.setInput(plain);
            deflater.finish();
            byte[] packed = new byte[plain.length + 64];
            int length = deflater.deflate(packed);
            if (!deflater.finished()) {
                throw new IllegalStateException("%d bytes do not pack into %d".formatted(plain.length, packed.length));
            }
            return Arrays.copyOf(packed, length);
        } finally {
            deflater.end();
        }
    }
}
