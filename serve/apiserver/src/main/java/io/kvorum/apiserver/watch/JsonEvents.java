package io.kvorum.apiserver.watch;

import io.kvorum.apimachinery.codec.JsonText;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.registry.ObjectFormat;
import io.kvorum.registry.cache.WatchEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Events as lines of JSON; one thread. */
final class JsonEvents implements EventWriter {
    private final ObjectFormat format;
    private final EventEncoding encoding;
    private boolean isFirst = true;

    JsonEvents(ObjectFormat format, EventEncoding encoding) {
        this.format = format;
        this.encoding = encoding;
    }

    private record FrameKey(Object form, boolean isFirst) {}

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public void event(WatchEvent event, OutputStream out) throws IOException {
        write(out, head(event.type()));
        switch (encoding) {
            case EventEncoding.Plain _ -> format.write(event.object(), out);
            case EventEncoding.Transformed transformed ->
                frame(event, transformed).writeTo(out);
        }
        write(out, "}\n");
    }

    private Bytes frame(WatchEvent event, EventEncoding.Transformed transformed) {
        boolean first = isFirst;
        isFirst = false;
        return event.frame(
                new FrameKey(transformed.key(), first),
                () -> JsonText.stored(transformed.form().of(format.tree(event.object()), first)));
    }

    private static String head(WatchEvent.Type type) {
        return switch (type) {
            case ADDED -> "{\"type\":\"ADDED\",\"object\":";
            case MODIFIED -> "{\"type\":\"MODIFIED\",\"object\":";
            case DELETED -> "{\"type\":\"DELETED\",\"object\":";
        };
    }

    @Override
    public void bookmark(Revision at, boolean endsInitial, OutputStream out) throws IOException {
        String annotations = endsInitial ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
        write(
                out,
                "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"metadata\":{\"resourceVersion\":\"%s\"%s}}}\n"
                        .formatted(
                                format.type().kind(),
                                format.type().groupVersion().apiVersion(),
                                at,
                                annotations));
    }

    @Override
    public void error(ApiStatus status, OutputStream out) throws IOException {
        write(out, "{\"type\":\"ERROR\",\"object\":");
        out.write(JsonText.bytes(status.toJson()));
        write(out, "}\n");
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
