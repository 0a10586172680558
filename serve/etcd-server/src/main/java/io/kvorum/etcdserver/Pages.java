package io.kvorum.etcdserver;

import io.kvorum.http.QueryParameters;
import java.nio.charset.StandardCharsets;

/** The pages beside the API: health, version, metrics. Any thread; calls block. */
final class Pages {
    static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    private final HealthChecks health;
    private final Metrics metrics;
    private final String version;

    Pages(HealthChecks health, Metrics metrics, String version) {
        this.health = health;
        this.metrics = metrics;
        this.version = version;
    }

    /** One page. */
    record Page(int status, String type, String text) {
        byte[] bytes() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** @param rawQuery as it came, without the question mark */
    Page page(String method, String path, String rawQuery) {
        if (!method.equals("GET")) {
            return new Page(405, TEXT, "Method Not Allowed\n");
        }
        QueryParameters query;
        try {
            query = QueryParameters.parse(rawQuery);
        } catch (IllegalArgumentException e) {
            return new Page(400, TEXT, "Bad Request\n");
        }
        return switch (path) {
            case "/health" -> health.health(query);
            case "/version" -> version();
            case "/metrics" -> new Page(200, METRICS, metrics.text());
            default -> health.probe(path, query).orElseGet(() -> new Page(404, TEXT, "404 page not found\n"));
        };
    }

    private Page version() {
        String cluster = version.substring(0, version.lastIndexOf('.')) + ".0";
        return new Page(200, JSON, "{\"etcdserver\":\"%s\",\"etcdcluster\":\"%s\"}".formatted(version, cluster));
    }
}
