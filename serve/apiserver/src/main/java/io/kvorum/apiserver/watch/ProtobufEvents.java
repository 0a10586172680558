package io.kvorum.apiserver.watch;

import io.kvorum.apimachinery.protobuf.ProtobufCodec;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.GroupVersionKind;
import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.registry.ObjectFormat;
import io.kvorum.registry.cache.WatchEvent;
import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.databind.node.ObjectNode;

/** Events as frames of protobuf, each with its length before it; one thread. */
final class ProtobufEvents implements EventWriter {
    private static final String PLAIN = "protobuf";
    private static final GroupVersionKind METADATA = new GroupVersionKind("meta.k8s.io", "v1", "PartialObjectMetadata");

    private final ObjectFormat format;
    private final EventEncoding encoding;
    private final ProtobufCodec codec;

    ProtobufEvents(ObjectFormat format, EventEncoding encoding, ProtobufCodec codec) {
        this.format = format;
        this.encoding = encoding;
        this.codec = codec;
    }

    private record FrameKey(String encoding, Object form) {}

    @Override
    public String contentType() {
        return "application/vnd.kubernetes.protobuf;stream=watch";
    }

    @Override
    public void event(WatchEvent event, OutputStream out) throws IOException {
        Object key = switch (encoding) {
            case EventEncoding.Plain _ -> new FrameKey(PLAIN, format.type().id());
            case EventEncoding.Transformed transformed -> new FrameKey(PLAIN, transformed.key());
        };
        event.frame(key, () -> frame(event)).writeTo(out);
    }

    private Bytes frame(WatchEvent event) {
        ObjectNode object = format.tree(event.object());
        ObjectNode shown = switch (encoding) {
            case EventEncoding.Plain _ -> object;
            case EventEncoding.Transformed transformed -> transformed.form().of(object, false);
        };
        return Bytes.wrap(codec.frame(event.type().name(), shown));
    }

    @Override
    public void bookmark(Revision at, boolean endsInitial, OutputStream out) throws IOException {
        GroupVersionKind kind = switch (encoding) {
            case EventEncoding.Plain _ -> format.type().groupVersionKind();
            case EventEncoding.Transformed _ -> METADATA;
        };
        ObjectNode object = Tree.object();
        object.put("kind", kind.kind()).put("apiVersion", kind.groupVersion().apiVersion());
        ObjectNode metadata = object.putObject("metadata").put("resourceVersion", at.toString());
        if (endsInitial) {
            metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
        }
        out.write(codec.frame("BOOKMARK", object));
    }

    @Override
    public void error(ApiStatus status, OutputStream out) throws IOException {
        out.write(codec.frame("ERROR", status.toJson()));
    }
}
