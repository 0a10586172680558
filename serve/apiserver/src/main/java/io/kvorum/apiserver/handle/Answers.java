package io.kvorum.apiserver.handle;

import io.kvorum.apimachinery.codec.Accepted;
import io.kvorum.apimachinery.codec.Encoding;
import io.kvorum.apimachinery.codec.JsonText;
import io.kvorum.apimachinery.codec.MetadataOnly;
import io.kvorum.apimachinery.codec.Representation;
import io.kvorum.apimachinery.protobuf.ProtobufCodec;
import io.kvorum.apimachinery.protobuf.ProtobufList;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.table.IncludeObject;
import io.kvorum.apimachinery.table.Tables;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.registry.ObjectFormat;
import io.kvorum.registry.ObjectList;
import io.kvorum.registry.Registry;
import io.kvorum.registry.cache.StoredObject;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Sends objects and lists in the form that the caller accepts; stored bytes go out as they are where they can. Any thread. */
final class Answers {
    private static final int BUFFER_BYTES = 64 << 10;

    private final Registry registry;
    private final Tables tables;
    private final InstantSource clock;

    Answers(Registry registry, Tables tables, InstantSource clock) {
        this.registry = registry;
        this.tables = tables;
        this.clock = clock;
    }

    void object(Call call, int code, StoredObject object) throws IOException {
        Accepted accepted = call.accepted();
        ObjectFormat format = registry.format(call.type());
        if (goesAsStored(call, accepted)) {
            ByteArrayOutputStream bytes =
                    new ByteArrayOutputStream(object.value().length() + 64);
            format.write(object, bytes);
            send(call, code, accepted, bytes.toByteArray());
        } else {
            tree(call, code, format.tree(object));
        }
    }

    /** An object that is not stored in this form, such as a Scale. */
    void tree(Call call, int code, ObjectNode object) throws IOException {
        Accepted accepted = call.accepted();
        ObjectNode shown = switch (accepted.representation()) {
            case OBJECT -> object;
            case TABLE -> tables.of(call.type(), object, include(call), accepted.metaVersion());
            case METADATA, METADATA_LIST -> MetadataOnly.of(object, accepted.metaVersion());
        };
        send(call, code, accepted, bytes(call, accepted, shown));
    }

    private static boolean goesAsStored(Call call, Accepted accepted) {
        return accepted.representation() == Representation.OBJECT
                && accepted.encoding() != Encoding.PROTOBUF
                && !isPretty(call, accepted);
    }

    private static byte[] bytes(Call call, Accepted accepted, ObjectNode shown) {
        if (accepted.encoding() == Encoding.PROTOBUF) {
            return ProtobufCodec.builtIn().encode(shown);
        }
        return isPretty(call, accepted) ? JsonText.pretty(shown) : JsonText.bytes(shown);
    }

    static IncludeObject include(Call call) {
        return IncludeObject.parse(call.parameter("includeObject"));
    }

    void status(Call call, ApiStatus status) throws IOException {
        Encoding encoding = call.accepted().encoding();
        call.exchange().responseHeaders().set("Cache-Control", "no-cache, private");
        if (encoding == Encoding.PROTOBUF) {
            byte[] bytes = ProtobufCodec.builtIn().encode(status.toJson());
            call.exchange().respond(status.code(), encoding.mediaType(), bytes);
        } else {
            call.exchange().respond(status.code(), "application/json", JsonText.bytes(status.toJson()));
        }
    }

    private static boolean isPretty(Call call, Accepted accepted) {
        return accepted.isPretty() || call.exchange().query().flag("pretty");
    }

    private static void send(Call call, int code, Accepted accepted, byte[] bytes) throws IOException {
        call.exchange().responseHeaders().set("Cache-Control", "no-cache, private");
        call.exchange().respond(code, contentType(accepted), bytes);
    }

    /** Where YAML is wanted JSON goes out, which is YAML too. */
    private static String contentType(Accepted accepted) {
        return accepted.encoding().mediaType();
    }

    void list(Call call, ObjectList list) throws IOException {
        staleness(call, list.staleSince());
        Accepted accepted = call.accepted();
        if (goesAsStored(call, accepted)) {
            stream(call, accepted, list);
            return;
        }
        if (accepted.representation() == Representation.OBJECT && accepted.encoding() == Encoding.PROTOBUF) {
            streamProtobuf(call, list);
            return;
        }
        List<ObjectNode> items = new ArrayList<>();
        list.items().forEach(item -> items.add(registry.tree(call.type(), item)));
        trees(call, items, metadata(list));
    }

    /** A list of objects that need not be stored. */
    void trees(Call call, List<ObjectNode> items, ObjectNode metadata) throws IOException {
        Accepted accepted = call.accepted();
        ObjectNode shown = switch (accepted.representation()) {
            case OBJECT -> plainList(call, items, metadata);
            case TABLE -> tables.ofList(call.type(), items, metadata, include(call), accepted.metaVersion());
            case METADATA, METADATA_LIST -> MetadataOnly.listOf(items, metadata, accepted.metaVersion());
        };
        send(call, 200, accepted, bytes(call, accepted, shown));
    }

    private static ObjectNode plainList(Call call, List<ObjectNode> items, ObjectNode metadata) {
        ObjectNode list = Tree.object();
        list.put("kind", call.type().listKind());
        list.put("apiVersion", call.type().groupVersion().apiVersion());
        list.set("metadata", metadata);
        list.putArray("items").addAll(items);
        return list;
    }

    private static ObjectNode metadata(ObjectList list) {
        ObjectNode metadata = Tree.object();
        metadata.put("resourceVersion", list.revision().toString());
        if (!list.continuation().isEmpty()) {
            metadata.put("continue", list.continuation());
        }
        Long remaining = list.remaining();
        if (remaining != null) {
            metadata.put("remainingItemCount", remaining.longValue());
        }
        return metadata;
    }

    private void stream(Call call, Accepted accepted, ObjectList list) throws IOException {
        ObjectFormat format = registry.format(call.type());
        call.exchange().responseHeaders().set("Cache-Control", "no-cache, private");
        call.exchange().responseHeaders().set("Content-Type", contentType(accepted));
        try (OutputStream out = new BufferedOutputStream(call.exchange().respond(200), BUFFER_BYTES)) {
            String head = "{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"metadata\":%s,\"items\":["
                    .formatted(
                            call.type().listKind(), call.type().groupVersion().apiVersion(), metadata(list));
            out.write(head.getBytes(StandardCharsets.UTF_8));
            boolean isFirst = true;
            for (StoredObject item : list.items()) {
                if (!isFirst) {
                    out.write(',');
                }
                isFirst = false;
                format.writeItem(item, out);
            }
            out.write(']');
            out.write('}');
        }
    }

    private void streamProtobuf(Call call, ObjectList list) throws IOException {
        ObjectFormat format = registry.format(call.type());
        ProtobufList items = new ProtobufList(
                ProtobufCodec.builtIn(),
                call.type().schema(),
                list.items().size(),
                place -> format.tree(list.items().get(place)));
        call.exchange().responseHeaders().set("Cache-Control", "no-cache, private");
        call.exchange().responseHeaders().set("Content-Type", Encoding.PROTOBUF.mediaType());
        items.measure(metadata(list));
        try (OutputStream out = new BufferedOutputStream(call.exchange().respond(200), BUFFER_BYTES)) {
            items.write(call.type().groupVersion().apiVersion(), call.type().listKind(), out);
        }
    }

    /** Says that an answer may be old because this server cannot reach a quorum. */
    void staleness(Call call, @Nullable Instant staleSince) {
        if (staleSince != null) {
            long seconds =
                    Math.max(0, Duration.between(staleSince, clock.instant()).toSeconds());
            call.warn("stale read: no quorum; this server was last known to be up to date %d s ago (%s)"
                    .formatted(seconds, staleSince));
        }
    }
}
