package io.kvorum.client;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Patches by path, in one request: fabric8's own patch reads the object before, which costs time and which not everybody
 * who may patch may do. Safe from any thread.
 */
final class RawPatch {
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private RawPatch() {}

    /** What stands there now; empty when nothing does. */
    static Optional<String> merge(KubernetesClient client, String path, String json) {
        HttpRequest request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(URI.create(client.getMasterUrl().toString().replaceAll("/+$", "") + path))
                .method("PATCH", "application/merge-patch+json", json)
                .build();
        var sent = client.getHttpClient().sendAsync(request, String.class);
        try {
            HttpResponse<String> answer = sent.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
            if (answer.code() == 404) {
                return Optional.empty();
            }
            if (!answer.isSuccessful()) {
                throw new KubernetesClientException(
                        "PATCH %s was answered %d: %s".formatted(path, answer.code(), answer.body()),
                        answer.code(),
                        null);
            }
            return Optional.of(answer.body());
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("interrupted while patching " + path, e);
        } catch (ExecutionException | TimeoutException e) {
            sent.cancel(true);
            throw new KubernetesClientException("PATCH " + path + " failed", e);
        }
    }
}
