package io.kvorum.supervisor;

import io.kvorum.http.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The forms in which the supervisor answers; any thread. */
final class Replies {
    private Replies() {}

    static void text(Exchange exchange, String text) throws IOException {
        exchange.respond(200, "text/plain", bytes(text));
    }

    static void json(Exchange exchange, JsonNode document) throws IOException {
        exchange.respond(200, "application/json", bytes(document.toString()));
    }

    /** A Kubernetes Status, which kubectl and K3s's agents show as text. */
    static void refusal(Exchange exchange, Refusal refusal) throws IOException {
        ObjectNode status = JsonMapper.shared().createObjectNode();
        status.put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Failure")
                .put("message", refusal.getMessage())
                .put("reason", refusal.reason())
                .put("code", refusal.status());
        switch (refusal.status()) {
            case 401 -> exchange.responseHeaders().set("WWW-Authenticate", "Basic realm=\"kvorum\"");
            case 429, 503 -> exchange.responseHeaders().set("Retry-After", "1");
            default -> {}
        }
        exchange.respond(refusal.status(), "application/json", bytes(status.toString()));
    }

    static void requireMethod(Exchange exchange, String... allowed) {
        for (String method : allowed) {
            if (exchange.method().equals(method)) {
                return;
            }
        }
        throw new Refusal(
                405, "%s takes %s, not %s".formatted(exchange.path(), String.join(" or ", allowed), exchange.method()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
