package io.kvorum.apiserver.discovery;

import io.kvorum.apimachinery.discovery.DiscoveryDocuments;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.http.Exchange;
import io.kvorum.pki.token.ServiceAccountTokens;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** All pages whose URLs name no resource; any thread. */
public final class ServerPages {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String JSON_TYPE = "application/json";
    private static final List<String> PATHS = List.of(
            "/.well-known/openid-configuration",
            "/api",
            "/api/v1",
            "/apis",
            "/healthz",
            "/livez",
            "/metrics",
            "/openapi/v2",
            "/openapi/v3",
            "/openid/v1/jwks",
            "/readyz",
            "/version");

    private final VersionInfo version;
    private final Catalogue catalogue;
    private final DiscoveryDocuments documents;
    private final OpenApiPages openApi;
    private final ServiceAccountTokens tokens;
    private final PrometheusRegistry metrics;
    private final String externalAddress;
    private final HealthPage alive;
    private final HealthPage ready;
    private final HealthPage healthy;

    /** @param externalAddress host and port by which clients reach the API, such as {@code 10.0.0.1:6443} */
    public ServerPages(
            VersionInfo version,
            Catalogue catalogue,
            ServiceAccountTokens tokens,
            PrometheusRegistry metrics,
            String externalAddress,
            Health health) {
        this.version = version;
        this.catalogue = catalogue;
        this.documents = new DiscoveryDocuments(catalogue);
        this.openApi = new OpenApiPages(catalogue, version.gitVersion());
        this.tokens = tokens;
        this.metrics = metrics;
        this.externalAddress = externalAddress;
        this.alive = new HealthPage("livez", health.alive());
        this.ready = new HealthPage("readyz", health.ready());
        this.healthy = new HealthPage("healthz", health.alive());
    }

    /**
     * What to look at before one calls oneself well.
     *
     * @param alive what only a restart mends
     * @param ready all of these, and what must be there before clients come
     */
    public record Health(List<HealthCheck> alive, List<HealthCheck> ready) {
        public Health {
            alive = List.copyOf(alive);
            ready = List.copyOf(ready);
        }
    }

    public void handle(Exchange exchange) throws IOException {
        if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
            text(exchange, 405, "405 method not allowed\n");
            return;
        }
        String path = exchange.path().length() > 1 && exchange.path().endsWith("/")
                ? exchange.path().substring(0, exchange.path().length() - 1)
                : exchange.path();
        List<String> parts = Arrays.asList(path.split("/", -1));
        switch (parts.size() > 1 ? parts.get(1) : "") {
            case "" -> json(exchange, paths());
            case "version" -> json(exchange, version.json());
            case "livez" -> alive.show(exchange, rest(path, "/livez"));
            case "readyz" -> ready.show(exchange, rest(path, "/readyz"));
            case "healthz" -> healthy.show(exchange, rest(path, "/healthz"));
            case "metrics" -> metrics(exchange);
            case "api" -> core(exchange, parts);
            case "apis" -> groups(exchange, parts);
            case "openapi" -> openApi.show(exchange, path);
            case ".well-known" -> openId(exchange, path, "/.well-known/openid-configuration", issuerDocument());
            case "openid" -> openId(exchange, path, "/openid/v1/jwks", tokens.keySet());
            default -> notFound(exchange);
        }
    }

    private void core(Exchange exchange, List<String> parts) throws IOException {
        switch (parts.size()) {
            case 2 -> discovery(exchange, documents.coreVersions(externalAddress), true);
            case 3 -> orNotFound(exchange, documents.resources(new GroupVersion("", parts.get(2))));
            default -> notFound(exchange);
        }
    }

    private void groups(Exchange exchange, List<String> parts) throws IOException {
        switch (parts.size()) {
            case 2 -> discovery(exchange, documents.groups(), false);
            case 3 -> orNotFound(exchange, documents.group(parts.get(2)));
            case 4 -> orNotFound(exchange, documents.resources(new GroupVersion(parts.get(2), parts.get(3))));
            default -> notFound(exchange);
        }
    }

    /** New clients ask for all groups, versions and resources in one document, and keep it by its tag. */
    private void discovery(Exchange exchange, ObjectNode plain, boolean isCore) throws IOException {
        exchange.responseHeaders().set("Vary", "Accept");
        Optional<String> aggregated = AggregatedRequest.wantedVersion(exchange);
        if (aggregated.isEmpty()) {
            json(exchange, plain);
            return;
        }
        String tag = tag(isCore);
        exchange.responseHeaders().set("ETag", tag);
        if (exchange.requestHeaders().first("If-None-Match").filter(tag::equals).isPresent()) {
            exchange.respond(304).close();
            return;
        }
        ObjectNode document = isCore ? documents.aggregatedCore() : documents.aggregatedGroups();
        exchange.respond(200, AggregatedRequest.contentType(aggregated.get()), JSON.writeValueAsBytes(document));
    }

    private String tag(boolean isCore) {
        StringBuilder all = new StringBuilder();
        catalogue.groupVersions().stream()
                .filter(each -> each.isCore() == isCore)
                .forEach(each -> all.append(each.apiVersion()).append(catalogue.contentHash(each)));
        return "\"" + Integer.toHexString(all.toString().hashCode()) + "-" + all.length() + "\"";
    }

    private void openId(Exchange exchange, String path, String own, ObjectNode document) throws IOException {
        if (!path.equals(own)) {
            notFound(exchange);
            return;
        }
        exchange.responseHeaders().set("Cache-Control", "public, max-age=3600");
        String type = path.contains("jwks") ? "application/jwk-set+json" : JSON_TYPE;
        exchange.respond(200, type, JSON.writeValueAsBytes(document));
    }

    private ObjectNode issuerDocument() {
        return tokens.discovery("https://" + externalAddress + "/openid/v1/jwks");
    }

    private void metrics(Exchange exchange) throws IOException {
        PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        writer.write(text, metrics.scrape());
        exchange.respond(200, writer.getContentType(), text.toByteArray());
    }

    private ObjectNode paths() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode paths = document.putArray("paths");
        PATHS.forEach(paths::add);
        catalogue.groupVersions().stream().filter(each -> !each.isCore()).forEach(each -> paths.add(each.path()));
        return document;
    }

    private static String rest(String path, String prefix) {
        return path.length() > prefix.length() + 1 ? path.substring(prefix.length() + 1) : "";
    }

    private static void orNotFound(Exchange exchange, Optional<ObjectNode> document) throws IOException {
        if (document.isPresent()) {
            json(exchange, document.get());
        } else {
            notFound(exchange);
        }
    }

    private static void json(Exchange exchange, ObjectNode document) throws IOException {
        exchange.respond(200, JSON_TYPE, JSON.writeValueAsBytes(document));
    }

    /** Upstream's answer to a URL that nothing stands behind; clients tell from it that a kind is not served. */
    public static void notFound(Exchange exchange) throws IOException {
        text(exchange, 404, "404 page not found\n");
    }

    private static void text(Exchange exchange, int status, String text) throws IOException {
        exchange.responseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.respond(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
}
