package io.kvorum.apimachinery.protobuf;

import io.kvorum.apimachinery.tree.Tree;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects of the built-in kinds as Kubernetes protobuf and back; custom resources and a few kinds of the API machinery do
 * not travel so. Any thread.
 */
public final class ProtobufCodec {
    /** Far beyond any object, and as deep as JSON may be. */
    private static final int MAX_DEPTH = 512;

    private final MessageTables tables;

    private ProtobufCodec(MessageTables tables) {
        this.tables = tables;
    }

    /** Loads its tables with the first call. */
    public static ProtobufCodec builtIn() {
        return Loaded.CODEC;
    }

    private static final class Loaded {
        private static final ProtobufCodec CODEC = new ProtobufCodec(MessageTables.read());
    }

    /** What an encoded object says it is; either may be empty. */
    public record Identity(String apiVersion, String kind) {}

    /** Whether the bytes begin as an object in protobuf does. */
    public static boolean isProtobuf(byte[] bytes) {
        return Envelope.begins(bytes);
    }

    /** Whether objects of the schema travel as protobuf. */
    public boolean knows(String schema) {
        return tables.has(schema);
    }

    /** @throws MalformedProtobuf when the bytes are no object in protobuf */
    public static Identity identity(byte[] bytes) {
        Envelope envelope = Envelope.read(bytes);
        return new Identity(envelope.apiVersion(), envelope.kind());
    }

    /**
     * Reads an object by what it says it is.
     *
     * @throws MalformedProtobuf also when it is of a kind that does not travel as protobuf
     */
    public ObjectNode decode(byte[] bytes) {
        Envelope envelope = Envelope.read(bytes);
        @Nullable String schema = tables.schema(envelope.apiVersion(), envelope.kind());
        if (schema == null) {
            throw new MalformedProtobuf("no kind \"%s\" is registered for version \"%s\""
                    .formatted(envelope.kind(), envelope.apiVersion()));
        }
        return decode(bytes, envelope, schema);
    }

    /** Reads an object whose schema is known, whatever it says it is. */
    public ObjectNode decode(byte[] bytes, String schema) {
        return decode(bytes, Envelope.read(bytes), schema);
    }

    private ObjectNode decode(byte[] bytes, Envelope envelope, String schema) {
        ObjectNode object = Tree.object();
        put(object, "kind", envelope.kind());
        put(object, "apiVersion", envelope.apiVersion());
        WireReader in = new WireReader(bytes, envelope.rawStart(), envelope.rawEnd());
        new MessageDecoder(tables, in, MAX_DEPTH).fields(tables.message(schema), object, 0);
        return object;
    }

    private static void put(ObjectNode object, String field, String text) {
        if (!text.isEmpty()) {
            object.put(field, text);
        }
    }

    /** The object in its envelope; its kind and apiVersion are its own. */
    public byte[] encode(ObjectNode object, String schema) {
        WireWriter out = new WireWriter();
        Envelope.writeTail(out);
        int size = out.size();
        new MessageEncoder(tables, out).fields(tables.message(schema), object);
        Envelope.writeHead(out, Tree.text(object, "apiVersion"), Tree.text(object, "kind"), out.size() - size);
        return out.toByteArray();
    }

    /** As {@link #encode(ObjectNode, String)}, for a kind that is known by its name, such as Status. */
    public byte[] encode(ObjectNode object) {
        String apiVersion = Tree.text(object, "apiVersion");
        String kind = Tree.text(object, "kind");
        @Nullable String schema = tables.schema(apiVersion, kind);
        if (schema == null) {
            throw new IllegalArgumentException("%s of %s does not travel as protobuf".formatted(kind, apiVersion));
        }
        return encode(object, schema);
    }

    /** Without an envelope, as an item of a list. */
    byte[] message(ObjectNode object, String schema) {
        WireWriter out = new WireWriter();
        new MessageEncoder(tables, out).fields(tables.message(schema), object);
        return out.toByteArray();
    }

    /**
     * A change in a stream of changes: the length of what follows, then a WatchEvent around the object in its envelope.
     *
     * @param type such as {@code ADDED}
     */
    public byte[] frame(String type, ObjectNode object) {
        byte[] whole = encode(object);
        WireWriter out = new WireWriter();
        out.bytes(1, whole);
        out.closeField(2, 0);
        out.string(1, type);
        out.raw(ByteBuffer.allocate(Integer.BYTES).putInt(out.size()).array());
        return out.toByteArray();
    }
}
