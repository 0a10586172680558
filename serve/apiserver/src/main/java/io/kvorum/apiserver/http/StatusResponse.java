package io.kvorum.apiserver.http;

import io.kvorum.apimachinery.codec.Encoding;
import io.kvorum.apimachinery.codec.Negotiation;
import io.kvorum.apimachinery.protobuf.ProtobufCodec;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.status.ApiStatus.Details;
import io.kvorum.http.Exchange;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The one place where a failure becomes a {@code Status} on the wire; any thread. */
public final class StatusResponse {
    private static final JsonMapper JSON = JsonMapper.shared();

    private StatusResponse() {}

    /** In protobuf for clients that prefer it, else JSON, which those take too who accept nothing that is spoken. */
    public static void send(Exchange exchange, ApiStatus status) throws IOException {
        Details details = status.details();
        if (details != null && details.retryAfterSeconds() > 0) {
            exchange.responseHeaders().set("Retry-After", Integer.toString(details.retryAfterSeconds()));
        }
        exchange.responseHeaders().set("Cache-Control", "no-cache, private");
        if (prefersProtobuf(exchange)) {
            byte[] bytes = ProtobufCodec.builtIn().encode(json(status));
            exchange.respond(status.code(), Encoding.PROTOBUF.mediaType(), bytes);
        } else {
            exchange.respond(status.code(), "application/json", JSON.writeValueAsBytes(json(status)));
        }
    }

    private static boolean prefersProtobuf(Exchange exchange) {
        String accept = exchange.requestHeaders().first("Accept").orElse("");
        try {
            return accept.contains("protobuf")
                    && Negotiation.answer(accept, true, true).encoding() == Encoding.PROTOBUF;
        } catch (ApiException e) {
            return false;
        }
    }

    public static ObjectNode json(ApiStatus status) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
        node.put("status", status.code() < 400 ? "Success" : "Failure");
        putUnlessEmpty(node, "message", status.message());
        putUnlessEmpty(node, "reason", status.reason());
        putDetails(node, status.details());
        return node.put("code", status.code());
    }

    private static void putDetails(ObjectNode node, @Nullable Details details) {
        if (details == null) {
            return;
        }
        ObjectNode target = node.putObject("details");
        putUnlessEmpty(target, "name", details.name());
        putUnlessEmpty(target, "group", details.group());
        putUnlessEmpty(target, "kind", details.kind());
        putUnlessEmpty(target, "uid", details.uid());
        if (!details.causes().isEmpty()) {
            ArrayNode causes = target.putArray("causes");
            for (Cause cause : details.causes()) {
                ObjectNode each = causes.addObject();
                putUnlessEmpty(each, "reason", cause.reason());
                putUnlessEmpty(each, "message", cause.message());
                putUnlessEmpty(each, "field", cause.field());
            }
        }
        if (details.retryAfterSeconds() > 0) {
            target.put("retryAfterSeconds", details.retryAfterSeconds());
        }
    }

    private static void putUnlessEmpty(ObjectNode node, String name, String value) {
        if (!value.isEmpty()) {
            node.put(name, value);
        }
    }
}
