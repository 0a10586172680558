package io.kvorum.node;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.engine.StoreException;
import io.kvorum.http.Endpoint;
import io.kvorum.http.Exchange;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.mvcc.Operation;
import io.kvorum.node.join.SupervisorClient;
import io.kvorum.node.join.SupervisorRefused;
import io.kvorum.node.secrets.BootstrapRecord;
import io.kvorum.pki.BootstrapCipher;
import io.kvorum.pki.SecretFile;
import io.kvorum.pki.ServerToken;
import io.kvorum.supervisor.BootstrapFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The server token of this server, which can be exchanged: the cluster's keys in the store are encrypted anew, and every
 * server that runs is told. Any thread.
 */
final class TokenRotation implements Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(TokenRotation.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Path serverFolder;
    private final Store store;
    private final Supplier<List<String>> otherServers;
    private volatile ServerToken token;

    /** @param otherServers such as {@code https://10.0.0.2:6443} */
    TokenRotation(Path serverFolder, Store store, Supplier<List<String>> otherServers, ServerToken token) {
        this.serverFolder = serverFolder;
        this.store = store;
        this.otherServers = otherServers;
        this.token = token;
    }

    String password() {
        return token.password();
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        JsonNode request;
        try {
            request = JsonMapper.shared().readTree(exchange.body());
        } catch (JacksonException e) {
            answer(exchange, 400, "the body is not JSON");
            return;
        }
        String wanted = request.path("newToken").asString("");
        if (wanted.isEmpty() || wanted.contains(":")) {
            answer(exchange, 400, "newToken must hold the new token's password");
            return;
        }
        ServerToken old = token;
        var fresh = new ServerToken(old.caHash(), old.user(), wanted);
        if (request.path("isPassedOn").asBoolean(false)) {
            take(fresh);
            answer(exchange, 200, "taken");
            return;
        }
        try {
            encryptAnew(old, fresh);
        } catch (StoreException | IOException e) {
            answer(exchange, 503, "the cluster's keys could not be encrypted anew: " + e.getMessage());
            return;
        }
        List<String> untold = tellOthers(old, fresh);
        take(fresh);
        answer(
                exchange,
                200,
                untold.isEmpty()
                        ? "rotated"
                        : "rotated; not reached, write the new token into server/token there and restart: "
                                + String.join(", ", untold));
    }

    /** What stands in the store counts: this server's disk may lag behind it. */
    private void encryptAnew(ServerToken old, ServerToken fresh) throws IOException {
        Key before = Key.of(BootstrapCipher.storageKey(old.password()));
        Optional<BootstrapRecord> found = BootstrapRecord.read(store, old.password(), Consistency.LINEARIZABLE);
        byte[] keys = found.isPresent()
                ? found.get().document().toString().getBytes(StandardCharsets.UTF_8)
                : new BootstrapFiles(serverFolder).read();
        Key after = Key.of(BootstrapCipher.storageKey(fresh.password()));
        var put = new Operation.Put(after, Bytes.utf8(BootstrapCipher.encrypt(fresh.password(), keys)));
        List<Operation> acts = before.equals(after)
                ? List.of(put)
                : List.of(put, new Operation.DeleteRange(KeyRange.single(before), false));
        var answered = store.txn(new Operation.Txn(
                found.map(BootstrapRecord::isUnchanged).stream().toList(), acts, List.of()));
        if (!answered.answer().succeeded()) {
            throw new IOException("the cluster's keys were changed meanwhile; try again");
        }
    }

    private List<String> tellOthers(ServerToken old, ServerToken fresh) {
        byte[] body = JsonMapper.shared()
                .createObjectNode()
                .put("newToken", fresh.password())
                .put("isPassedOn", true)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        List<String> untold = new ArrayList<>();
        for (String server : otherServers.get()) {
            try (SupervisorClient other = SupervisorClient.connect(URI.create(server), old)) {
                other.post("/v1-k3s/token", Map.of("Content-Type", "application/json"), body, LIMIT);
            } catch (IOException | SupervisorRefused e) {
                LOG.atWarn().addKeyValue("server", server).setCause(e).log("a server was not told the new token");
                untold.add(server);
            }
        }
        return untold;
    }

    private void take(ServerToken fresh) {
        SecretFile.write(serverFolder.resolve("token"), fresh.secureForm() + "\n", "rw-------");
        token = fresh;
        LOG.atInfo().log("the server token was rotated");
    }

    private static void answer(Exchange exchange, int status, String text) throws IOException {
        String json =
                JsonMapper.shared().createObjectNode().put("message", text).toString();
        exchange.respond(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }
}
