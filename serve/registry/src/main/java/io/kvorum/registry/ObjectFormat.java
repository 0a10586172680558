package io.kvorum.registry;

import io.kvorum.apimachinery.codec.JsonText;
import io.kvorum.apimachinery.protobuf.MalformedProtobuf;
import io.kvorum.apimachinery.protobuf.ProtobufCodec;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.registry.cache.StoredObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How objects of one resource stand in the store and how they are served from there; immutable, any thread.
 *
 * <p>Stored form: JSON that begins with kind, apiVersion and metadata in this order and holds no resourceVersion, so that
 * the resourceVersion can be put in at a known place without parsing:
 *
 * <pre>
 *   {"kind":"Pod","apiVersion":"v1","metadata":{  |  "name":"web",...}
 *                                                ^ "resourceVersion":"42",
 * </pre>
 */
public final class ObjectFormat {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Bytes PROTOBUF_MAGIC = Bytes.wrap(new byte[] {'k', '8', 's', 0});

    private static final byte[] ITEM_HEAD = "{\"metadata\":{".getBytes(StandardCharsets.US_ASCII);

    private final ResourceType type;
    private final Bytes head;
    private final VersionConversion conversion;

    public ObjectFormat(ResourceType type) {
        this.type = type;
        this.head = head(type.kind(), type.groupVersion().apiVersion());
        this.conversion = VersionConversion.of(type);
    }

    private static Bytes head(String kind, String apiVersion) {
        return Bytes.utf8("{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"metadata\":{".formatted(kind, apiVersion));
    }

    /** Makes JSON of what stands in the store; the door for values that others wrote in protobuf. */
    static Bytes toJson(Bytes value) {
        if (!value.startsWith(PROTOBUF_MAGIC)) {
            return value;
        }
        try {
            ObjectNode object = ProtobufCodec.builtIn().decode(value.toByteArray());
            if (object.get("metadata") instanceof ObjectNode metadata) {
                metadata.remove(List.of("resourceVersion", "selfLink"));
            }
            return JsonText.stored(object);
        } catch (MalformedProtobuf e) {
            throw ApiException.internal("the store holds a value that cannot be read: " + e.getMessage());
        }
    }

    /** The object as the served version has it, with its resourceVersion; the caller owns the tree. */
    public ObjectNode tree(StoredObject object) {
        ObjectNode tree = parse(object.value());
        if (!object.value().startsWith(head)) {
            tree = conversion.served(tree);
        }
        if (object.revision().value() > 0 && tree.get("metadata") instanceof ObjectNode metadata) {
            metadata.put("resourceVersion", object.revision().toString());
        }
        return tree;
    }

    /** Writes the served JSON; the stored bytes go out as they are where the version is the stored one. */
    public void write(StoredObject object, OutputStream out) throws IOException {
        if (object.value().startsWith(head) && object.revision().value() > 0) {
            head.writeTo(out);
            out.write(resourceVersion(object.revision()));
            object.value().slice(head.length(), object.value().length()).writeTo(out);
        } else {
            out.write(JSON.writeValueAsBytes(tree(object)));
        }
    }

    /** As {@link #write}, but without kind and apiVersion, which the items of a list leave to the list. */
    public void writeItem(StoredObject object, OutputStream out) throws IOException {
        if (object.value().startsWith(head) && object.revision().value() > 0) {
            out.write(ITEM_HEAD);
            out.write(resourceVersion(object.revision()));
            object.value().slice(head.length(), object.value().length()).writeTo(out);
        } else {
            ObjectNode tree = tree(object);
            tree.remove("kind");
            tree.remove("apiVersion");
            out.write(JSON.writeValueAsBytes(tree));
        }
    }

    private static byte[] resourceVersion(Revision revision) {
        return ("\"resourceVersion\":\"" + revision + "\",").getBytes(StandardCharsets.US_ASCII);
    }

    /** The stored form of an object of the served version; leaves the tree as it is. */
    Bytes encode(ObjectNode served) {
        ObjectNode source = conversion.stored(served);
        ObjectNode ordered = JSON.createObjectNode();
        ordered.set("kind", source.path("kind"));
        ordered.set("apiVersion", source.path("apiVersion"));
        ObjectNode metadata = JSON.createObjectNode();
        source.path("metadata").forEachEntry((name, value) -> {
            if (!name.equals("resourceVersion") && !name.equals("selfLink") && !value.isNull()) {
                metadata.set(name, value);
            }
        });
        ordered.set("metadata", metadata);
        source.forEachEntry((name, value) -> {
            if (!ordered.has(name) && !value.isNull()) {
                ordered.set(name, value);
            }
        });
        return Bytes.wrap(JSON.writeValueAsBytes(ordered));
    }

    static ObjectNode parse(Bytes json) {
        JsonNode node = JSON.readTree(json.toByteArray());
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.internal("a stored value is not a JSON object");
    }

    /** Any JSON value that a client sent as text. */
    static JsonNode value(String json) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            throw ApiException.badRequest("an annotation holds malformed JSON: " + e.getOriginalMessage());
        }
    }

    /** Whether two stored forms say the same, whatever the order of their fields. */
    static boolean isSame(Bytes one, Bytes other) {
        return one.equals(other) || parse(one).equals(parse(other));
    }

    public ResourceType type() {
        return type;
    }
}
