package io.kvorum.apiserver.watch;

import io.kvorum.apimachinery.codec.JsonText;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.http.Exchange;
import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.registry.ObjectFormat;
import io.kvorum.registry.Registry;
import io.kvorum.registry.WatchOptions;
import io.kvorum.registry.cache.ObjectWatch;
import io.kvorum.registry.cache.WatchEvent;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Streams changes as lines of JSON, one flush per batch; any thread, which it keeps until the watch ends. */
public final class WatchResponder {
    private static final int BUFFER_BYTES = 16 << 10;
    private static final Duration BOOKMARK_INTERVAL = Duration.ofMinutes(1);
    private static final Duration SHORTEST = Duration.ofMinutes(30);

    private final Registry registry;
    private final RandomGenerator chance;

    public WatchResponder(Registry registry, RandomGenerator chance) {
        this.registry = registry;
        this.chance = chance;
    }

    /**
     * How a watch goes on.
     *
     * @param length empty for 30 to 60 minutes by chance, so that watchers do not all come back at once
     * @param wantsEndOfInitial whether a bookmark marks the end of the initial events
     */
    public record Terms(Optional<Duration> length, boolean wantsBookmarks, boolean wantsEndOfInitial) {}

    public void respond(Exchange exchange, ResourceType type, WatchOptions options, EventEncoding encoding, Terms terms)
            throws IOException {
        Duration length =
                terms.length().orElseGet(() -> SHORTEST.plusMillis((long) (chance.nextDouble() * SHORTEST.toMillis())));
        long deadline = System.nanoTime() + length.toNanos();
        ObjectWatch watch;
        try {
            watch = registry.watch(type, options);
        } catch (ApiException e) {
            if (e.status().code() != 410) {
                throw e;
            }
            try (OutputStream out = begin(exchange)) {
                writeError(out, e.status());
            }
            return;
        }
        try (OutputStream out = begin(exchange)) {
            new Stream(type, watch, encoding, terms, out).run(deadline);
        }
    }

    private static OutputStream begin(Exchange exchange) throws IOException {
        exchange.responseHeaders().set("Content-Type", "application/json");
        exchange.responseHeaders().set("Cache-Control", "no-cache, private");
        OutputStream out = exchange.respond(200);
        out.flush();
        return new BufferedOutputStream(out, BUFFER_BYTES);
    }

    private static void writeError(OutputStream out, ApiStatus status) throws IOException {
        write(out, "{\"type\":\"ERROR\",\"object\":");
        out.write(JsonText.bytes(status.toJson()));
        write(out, "}\n");
        out.flush();
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private record FrameKey(Object form, boolean isFirst) {}

    /** One watcher's stream. */
    private final class Stream {
        private final ResourceType type;
        private final ObjectFormat format;
        private final ObjectWatch watch;
        private final EventEncoding encoding;
        private final Terms terms;
        private final OutputStream out;
        private boolean isFirst = true;

        Stream(ResourceType type, ObjectWatch watch, EventEncoding encoding, Terms terms, OutputStream out) {
            this.type = type;
            this.format = registry.format(type);
            this.watch = watch;
            this.encoding = encoding;
            this.terms = terms;
            this.out = out;
        }

        void run(long deadline) throws IOException {
            writeAll(watch.initialEvents());
            if (terms.wantsEndOfInitial()) {
                writeBookmark(true);
            }
            out.flush();
            try {
                follow(deadline);
            } catch (ApiException e) {
                // A server that stops lets the watcher go on elsewhere from where it is.
                if (e.status().code() != 503) {
                    writeError(out, e.status());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void follow(long deadline) throws IOException, InterruptedException {
            long nextBookmark = System.nanoTime() + BOOKMARK_INTERVAL.toNanos();
            while (true) {
                long now = System.nanoTime();
                boolean isOver = deadline - now <= 0;
                if (terms.wantsBookmarks() && (isOver || nextBookmark - now <= 0)) {
                    writeBookmark(false);
                    out.flush();
                    nextBookmark = now + BOOKMARK_INTERVAL.toNanos();
                }
                if (isOver) {
                    return;
                }
                List<WatchEvent> events = watch.next(Duration.ofNanos(Math.min(deadline, nextBookmark) - now));
                writeAll(events);
                if (!events.isEmpty()) {
                    out.flush();
                }
            }
        }

        private void writeAll(List<WatchEvent> events) throws IOException {
            for (WatchEvent event : events) {
                write(out, head(event.type()));
                switch (encoding) {
                    case EventEncoding.Plain() -> format.write(event.object(), out);
                    case EventEncoding.Transformed transformed ->
                        frame(event, transformed).writeTo(out);
                }
                write(out, "}\n");
            }
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

        private void writeBookmark(boolean endsInitial) throws IOException {
            Revision at = watch.delivered();
            String annotations = endsInitial ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
            write(
                    out,
                    "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"metadata\":{\"resourceVersion\":\"%s\"%s}}}\n"
                            .formatted(type.kind(), type.groupVersion().apiVersion(), at, annotations));
        }
    }
}
