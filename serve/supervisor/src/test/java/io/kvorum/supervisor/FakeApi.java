package io.kvorum.supervisor;

import io.kvorum.http.Endpoint;
import io.kvorum.http.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Objects by path, with nothing of an API server but get, create and delete. */
final class FakeApi implements Endpoint {
    final Map<String, JsonNode> objects = new ConcurrentSkipListMap<>();

    @Override
    public void handle(Exchange exchange) throws IOException {
        String path = exchange.path();
        switch (exchange.method()) {
            case "GET" -> answer(exchange, objects.containsKey(path) ? 200 : 404, objects.get(path));
            case "POST" -> {
                JsonNode object = JsonMapper.shared().readTree(exchange.body());
                String name = object.path("metadata").path("name").asString();
                boolean isNew = objects.putIfAbsent(path + "/" + name, object) == null;
                answer(exchange, isNew ? 201 : 409, object);
            }
            default -> answer(exchange, objects.remove(path) == null ? 404 : 200, null);
        }
    }

    private static void answer(Exchange exchange, int status, @org.jspecify.annotations.Nullable JsonNode body)
            throws IOException {
        String text = body == null ? "{}" : body.toString();
        exchange.respond(status, "application/json", text.getBytes(StandardCharsets.UTF_8));
    }
}
