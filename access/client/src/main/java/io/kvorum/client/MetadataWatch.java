package io.kvorum.client;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the metadata of all objects of one resource on a virtual thread of its own: asks for PartialObjectMetadata and
 * is content with whole objects. Tells its listener one change at a time.
 */
public final class MetadataWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataWatch.class);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration BRIEF = Duration.ofSeconds(1);
    private static final int PAGE = 500;
    private static final String LIST_TYPES =
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
    private static final String WATCH_TYPES =
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

    /** Told about changes on the watch's thread. */
    public interface Listener {
        void present(ApiResource resource, ObjectMetadata object);

        void gone(ApiResource resource, ObjectMetadata object);
    }

    private final KubernetesClient client;
    private final ApiResource resource;
    private final Listener listener;
    private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));
    private final Map<String, ObjectKey> known = new LinkedHashMap<>();
    private final CountDownLatch listed = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable InputStream open;
    private String resumeAt = "";

    public MetadataWatch(KubernetesClient client, ApiResource resource, Listener listener) {
        this.client = client;
        this.resource = resource;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("metadata-" + resource.plural()).unstarted(this::follow);
    }

    public ApiResource resource() {
        return resource;
    }

    public MetadataWatch start() {
        thread.start();
        return this;
    }

    /** Whether the first list arrived within the wait. */
    public boolean awaitListed(Duration wait) throws InterruptedException {
        return listed.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        InputStream reading = open;
        if (reading != null) {
            try {
                reading.close();
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("closing a metadata stream failed");
            }
        }
    }

    private void follow() {
        int failures = 0;
        boolean mustList = true;
        while (!closed) {
            try {
                if (mustList) {
                    list();
                    listed.countDown();
                }
                long startedNanos = System.nanoTime();
                mustList = !watch();
                boolean brief = System.nanoTime() - startedNanos < BRIEF.toNanos();
                failures = brief ? failures + 1 : 0;
                if (brief && !pause(backoff.after(failures))) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) { // the top of this thread: whatever broke, start over after a while
                if (closed) {
                    return;
                }
                failures++;
                LOG.atDebug()
                        .addKeyValue("resource", resource.groupResource())
                        .setCause(e)
                        .log("metadata watch broke");
                if (!pause(backoff.after(failures))) {
                    return;
                }
                mustList = true;
            }
        }
    }

    private boolean pause(Duration wait) {
        try {
            Thread.sleep(wait);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void list() throws Exception {
        Map<String, ObjectKey> found = new LinkedHashMap<>();
        String next = "";
        do {
            String path = resource.path() + "?limit=" + PAGE
                    + (next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8));
            try (InputStream body = get(path, LIST_TYPES)) {
                MetadataReader.Page page = MetadataReader.readList(body, object -> {
                    found.put(object.uid(), object.key());
                    listener.present(resource, object);
                });
                resumeAt = page.resourceVersion();
                next = page.next();
            }
        } while (!next.isEmpty());
        known.forEach((uid, key) -> {
            if (!found.containsKey(uid)) {
                listener.gone(resource, bare(uid, key));
            }
        });
        known.clear();
        known.putAll(found);
    }

    /** Follows events until the stream ends; false when history was lost and the list must be read again. */
    private boolean watch() throws Exception {
        boolean[] continuing = {true};
        String path = resource.path() + "?watch=true&allowWatchBookmarks=true&resourceVersion=" + resumeAt;
        try (InputStream body = get(path, WATCH_TYPES)) {
            open = body;
            MetadataReader.readWatch(body, (type, object) -> {
                switch (type) {
                    case "ADDED", "MODIFIED" -> {
                        known.put(object.uid(), object.key());
                        listener.present(resource, object);
                    }
                    case "DELETED" -> {
                        known.remove(object.uid());
                        listener.gone(resource, object);
                    }
                    case "BOOKMARK" -> {}
                    default -> continuing[0] = false;
                }
                if (continuing[0] && !object.resourceVersion().isEmpty()) {
                    resumeAt = object.resourceVersion();
                }
            });
        } finally {
            open = null;
        }
        return continuing[0];
    }

    private InputStream get(String path, String accept)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        URI uri = URI.create(client.getMasterUrl().toString().replaceAll("/+$", "") + path);
        HttpRequest request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(uri)
                .header("Accept", accept)
                .forStreaming()
                .build();
        CompletableFuture<HttpResponse<InputStream>> sent =
                client.getHttpClient().sendAsync(request, InputStream.class);
        HttpResponse<InputStream> response;
        try {
            response = sent.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            sent.cancel(true);
            throw e;
        }
        if (response.code() != 200) {
            response.body().close();
            throw new IOException("GET %s was answered %d".formatted(path, response.code()));
        }
        return response.body();
    }

    private static ObjectMetadata bare(String uid, ObjectKey key) {
        return new ObjectMetadata(key, uid, "", false, List.of(), List.of());
    }
}
