package io.kvorum.apimachinery.openapi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Documents as gzip, each written when first asked for and kept until its content changes or memory gets short. Any thread. */
final class PackedDocuments {
    private record Packed(String hash, SoftReference<byte[]> bytes) {}

    private final Map<String, Packed> documents = new ConcurrentHashMap<>();

    byte[] document(String name, String hash, Consumer<OutputStream> writer) {
        Packed known = documents.get(name);
        byte @Nullable [] bytes =
                known != null && known.hash().equals(hash) ? known.bytes().get() : null;
        if (bytes == null) {
            bytes = pack(writer);
            documents.put(name, new Packed(hash, new SoftReference<>(bytes)));
        }
        return bytes;
    }

    private static byte[] pack(Consumer<OutputStream> writer) {
        var bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes, 8192)) {
            writer.accept(out);
        } catch (IOException e) {
            throw new UncheckedIOException("packing into memory cannot fail", e);
        }
        return bytes.toByteArray();
    }
}
