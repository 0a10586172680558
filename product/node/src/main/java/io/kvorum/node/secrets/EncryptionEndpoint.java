package io.kvorum.node.secrets;

import io.kvorum.engine.StoreException;
import io.kvorum.http.Exchange;
import io.kvorum.node.secrets.EncryptionConfiguration.NamedKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * K3s's {@code GET /v1-k3s/encrypt/status} and {@code PUT /v1-k3s/encrypt/config}, which the door leaves to who has the server
 * token. Any thread.
 */
final class EncryptionEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(EncryptionEndpoint.class);
    private static final int MOST_BYTES = 1 << 16;

    private final SecretsAtRest secrets;
    private final ServerReports servers;
    private final KeyChanges changes;

    EncryptionEndpoint(SecretsAtRest secrets, ServerReports servers, KeyChanges changes) {
        this.secrets = secrets;
        this.servers = servers;
        this.changes = changes;
    }

    void status(Exchange exchange) throws IOException {
        exchange.respond(200, "application/json", status().toString().getBytes(StandardCharsets.UTF_8));
    }

    /** As K3s has it. */
    ObjectNode status() {
        EncryptionConfiguration configuration = secrets.state().configuration();
        ObjectNode status = JsonMapper.shared().createObjectNode();
        List<NamedKey> keys = configuration.keys();
        if (keys.isEmpty()) {
            return status.put("stage", "").put("activekey", "");
        }
        Optional<String> mismatch = servers.mismatch();
        status.put("stage", secrets.state().stage().word())
                .put("activekey", configuration.isOn() ? keys.getFirst().shown() : "")
                .put("enable", configuration.isOn())
                .put("hashmatch", mismatch.isEmpty());
        mismatch.ifPresent(text -> status.put("hasherror", text));
        ArrayNode others = status.putArray("inactivekeys");
        keys.stream().skip(configuration.isOn() ? 1 : 0).forEach(key -> others.add(key.shown()));
        return status;
    }

    void change(Exchange exchange) throws IOException {
        if (!exchange.method().equals("PUT")) {
            answer(exchange, 405, "keys of Secrets are changed by PUT");
            return;
        }
        byte[] body = exchange.body().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            answer(exchange, 413, "the body is longer than %d bytes".formatted(MOST_BYTES));
            return;
        }
        String asked = "";
        try {
            JsonNode request = JsonMapper.shared().readTree(body);
            asked = asked(request);
            LOG.atInfo()
                    .addKeyValue("asked", asked)
                    .addKeyValue("force", request.path("force").asBoolean(false))
                    .addKeyValue("by", exchange.remoteAddress())
                    .log("a change of the keys of Secrets begins");
            change(request);
            LOG.atInfo().addKeyValue("asked", asked).log("the change of the keys of Secrets is made");
            answer(exchange, 200, "done");
        } catch (JacksonException e) {
            answer(exchange, 400, "the body is not JSON");
        } catch (ChangeRefused e) {
            LOG.atWarn()
                    .addKeyValue("asked", asked)
                    .addKeyValue("by", exchange.remoteAddress())
                    .addKeyValue("reason", e.getMessage())
                    .log("the keys of Secrets were not changed as asked");
            answer(exchange, 400, String.valueOf(e.getMessage()));
        } catch (StoreException e) {
            answer(exchange, 503, "the store cannot be written now; run this again: " + e.getMessage());
        }
    }

    private static String asked(JsonNode request) {
        if (request.hasNonNull("stage")) {
            return request.path("stage").asString("");
        }
        return request.hasNonNull("enable") ? "enable " + request.path("enable").asBoolean(false) : "nothing";
    }

    private void change(JsonNode request) {
        boolean isForced = request.path("force").asBoolean(false);
        if (!request.hasNonNull("stage")) {
            if (!request.hasNonNull("enable")) {
                throw new ChangeRefused("neither stage nor enable is given");
            }
            if (request.path("enable").asBoolean(false)) {
                changes.enable();
            } else {
                changes.disable();
            }
            return;
        }
        String stage = request.path("stage").asString("");
        switch (stage) {
            case "prepare" -> changes.prepare(isForced);
            case "rotate" -> changes.rotate(isForced);
            case "rotate_keys" -> changes.rotateKeys();
            case "reencrypt_active" ->
                changes.reencrypt(isForced, request.path("skip").asBoolean(false));
            default -> throw new ChangeRefused("unknown stage %s requested".formatted(stage));
        }
    }

    private static void answer(Exchange exchange, int status, String text) throws IOException {
        String json =
                JsonMapper.shared().createObjectNode().put("message", text).toString();
        exchange.respond(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }
}
