package io.kvorum.apiserver.watch;

import io.kvorum.apimachinery.protobuf.ProtobufCodec;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.http.Exchange;
import io.kvorum.registry.ObjectFormat;
import io.kvorum.registry.Registry;
import io.kvorum.registry.WatchOptions;
import io.kvorum.registry.cache.ObjectWatch;
import io.kvorum.registry.cache.WatchEvent;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Streams changes, one flush per batch; any thread, which it keeps until the watch ends. */
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
        EventWriter writer = writer(type, encoding);
        ObjectWatch watch;
        try {
            watch = registry.watch(type, options);
        } catch (ApiException e) {
            if (e.status().code() != 410) {
                throw e;
            }
            try (OutputStream out = begin(exchange, writer)) {
                writer.error(e.status(), out);
                out.flush();
            }
            return;
        }
        try (OutputStream out = begin(exchange, writer)) {
            new Stream(watch, writer, terms, out).run(deadline);
        }
    }

    private EventWriter writer(ResourceType type, EventEncoding encoding) {
        ObjectFormat format = registry.format(type);
        return switch (encoding.wire()) {
            case JSON, YAML -> new JsonEvents(format, encoding);
            case PROTOBUF -> new ProtobufEvents(format, encoding, ProtobufCodec.builtIn());
        };
    }

    private static OutputStream begin(Exchange exchange, EventWriter writer) throws IOException {
        exchange.responseHeaders().set("Content-Type", writer.contentType());
        exchange.responseHeaders().set("Cache-Control", "no-cache, private");
        OutputStream out = exchange.respond(200);
        out.flush();
        return new BufferedOutputStream(out, BUFFER_BYTES);
    }

    /** One watcher's stream. */
    private static final class Stream {
        private final ObjectWatch watch;
        private final EventWriter writer;
        private final Terms terms;
        private final OutputStream out;

        Stream(ObjectWatch watch, EventWriter writer, Terms terms, OutputStream out) {
            this.watch = watch;
            this.writer = writer;
            this.terms = terms;
            this.out = out;
        }

        void run(long deadline) throws IOException {
            writeAll(watch.initialEvents());
            if (terms.wantsEndOfInitial()) {
                writer.bookmark(watch.delivered(), true, out);
            }
            out.flush();
            try {
                follow(deadline);
            } catch (ApiException e) {
                // A server that stops lets the watcher go on elsewhere from where it is.
                if (e.status().code() != 503) {
                    writer.error(e.status(), out);
                    out.flush();
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
                    writer.bookmark(watch.delivered(), false, out);
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
                writer.event(event, out);
            }
        }
    }
}
