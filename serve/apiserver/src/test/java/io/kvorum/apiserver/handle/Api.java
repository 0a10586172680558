package io.kvorum.apiserver.handle;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.apiserver.admission.AdmissionRequest;
import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.authz.AllowedForTests;
import io.kvorum.apiserver.http.RequestInfo;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.engine.Store;
import io.kvorum.http.Exchange;
import io.kvorum.http.Headers;
import io.kvorum.http.LocalCall;
import io.kvorum.raft.SingleMemberLog;
import io.kvorum.registry.Registry;
import io.kvorum.registry.RegistryConfiguration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The handlers on a real store, called as over the wire; authentication and authorization let everybody pass. */
final class Api implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-05-04T03:02:01Z");
    private static final Catalogue CATALOGUE = BuiltInCatalogue.load();
    private static final JsonMapper JSON = new JsonMapper();

    final List<AdmissionRequest> admitted = new ArrayList<>();
    private final Store store;
    private final Registry registry;
    private final ResourceHandler handler;

    Api(Path folder) {
        InstantSource clock = InstantSource.fixed(NOW);
        store = EmbeddedStore.open(EngineConfig.in(folder), new SingleMemberLog(), clock);
        registry = new Registry(store, CATALOGUE, clock, new Random(7), RegistryConfiguration.STANDARD);
        registry.start();
        Neighbours neighbours = new Neighbours(
                (request, account, token) -> {
                    token.putObject("status")
                            .put("token", "of " + account.at("/metadata/name").stringValue());
                    return token;
                },
                (request, exchange, target) -> exchange.respond(
                        200,
                        "text/plain",
                        ("connected to " + target.at("/metadata/name").stringValue()).getBytes(StandardCharsets.UTF_8)),
                request -> {},
                Map.of("selfsubjectreviews.authentication.k8s.io", (request, question) -> {
                    question.putObject("status").put("user", request.caller().user());
                    return question;
                }));
        handler = new ResourceHandler(registry, CATALOGUE, admitted::add, neighbours, clock, new Random(7));
    }

    /** An answer and its body. */
    record Answer(int code, Headers headers, String text) {
        JsonNode json() {
            return JSON.readTree(text);
        }

        JsonNode at(String pointer) {
            return json().at(pointer);
        }
    }

    Answer get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    /** @param body JSON with single quotes */
    Answer post(String path, String body, String... headers) {
        return send("POST", path, body, headers);
    }

    Answer send(String method, String path, String body, String... headers) {
        try (LocalCall.Response response = open(method, path, body, headers)) {
            return new Answer(
                    response.status(),
                    response.headers(),
                    new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LocalCall.Response open(String method, String path, String body, String... headers) throws IOException {
        Headers sent = new Headers();
        for (int i = 0; i < headers.length; i += 2) {
            sent.add(headers[i], headers[i + 1]);
        }
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return LocalCall.to(this::handle, List.of()).send(method, path, sent, new ByteArrayInputStream(bytes));
    }

    private void handle(Exchange exchange) throws IOException {
        Caller caller = new Caller("alice", "", List.of("system:masters"), Map.of());
        try {
            handler.handle(AllowedForTests.request(info(exchange), caller), exchange);
        } catch (ApiException e) {
            exchange.respond(
                    e.status().code(),
                    "application/json",
                    e.status().toJson().toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** /api/v1/... and /apis/group/version/..., as far as these tests go. */
    private static RequestInfo info(Exchange exchange) {
        List<String> parts =
                new ArrayList<>(Arrays.asList(exchange.path().substring(1).split("/")));
        boolean isCore = parts.removeFirst().equals("api");
        GroupVersion version = new GroupVersion(isCore ? "" : parts.removeFirst(), parts.removeFirst());
        String namespace = "";
        if (parts.getFirst().equals("namespaces")
                && parts.size() > 2
                && !parts.get(2).equals("finalize")) {
            parts.removeFirst();
            namespace = parts.removeFirst();
        }
        String resource = parts.removeFirst();
        String name = parts.isEmpty() ? "" : parts.removeFirst();
        String subresource = parts.isEmpty() ? "" : parts.removeFirst();
        boolean isWatch = exchange.query().flag("watch");
        String verb = switch (exchange.method()) {
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
            default -> isWatch ? "watch" : name.isEmpty() ? "list" : "get";
        };
        return new RequestInfo(
                verb,
                exchange.path(),
                version,
                version.resource(resource),
                subresource,
                String.join("/", parts),
                namespace,
                name);
    }

    @Override
    public void close() {
        registry.close();
        store.close();
    }
}
