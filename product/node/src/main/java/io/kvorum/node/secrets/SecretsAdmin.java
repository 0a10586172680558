package io.kvorum.node.secrets;

import io.kvorum.node.StartFailure;
import io.kvorum.node.join.SupervisorClient;
import io.kvorum.node.join.SupervisorRefused;
import io.kvorum.pki.PkiException;
import io.kvorum.pki.ServerToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Asks a server how Secrets stand in the store, and to change their keys. One thread. */
public final class SecretsAdmin {
    /** Many Secrets take a while to be written anew; the server goes on when nobody waits any more. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Path serverFolder;
    private final URI server;
    private final @Nullable String token;

    /**
     * @param serverFolder {@code <data-dir>/server} of a server on this machine
     * @param token null for the one that stands there
     */
    public SecretsAdmin(Path serverFolder, URI server, @Nullable String token) {
        this.serverFolder = serverFolder;
        this.server = server;
        this.token = token;
    }

    /**
     * In the words and the table of K3s.
     *
     * @throws StartFailure when there is no server, or it does not answer
     */
    public String status() {
        return text(read());
    }

    /** As {@link #status}, as the server has it. */
    public String statusJson() {
        return read().toPrettyString() + "\n";
    }

    private JsonNode read() {
        try (SupervisorClient supervisor = connect()) {
            return JsonMapper.shared().readTree(supervisor.get(SecretsEncryption.STATUS, Map.of()));
        } catch (IOException | SupervisorRefused e) {
            throw new StartFailure("the server did not answer: " + e.getMessage(), e);
        }
    }

    /** From now on Secrets are encrypted, or not; returns when all are. */
    public void enable(boolean isEnabled) {
        put(JsonMapper.shared().createObjectNode().put("enable", isEnabled));
    }

    /**
     * Goes to a stage of K3s's.
     *
     * @param isForced whatever the present one is
     * @param keepsKeys of writing anew
     */
    public void stage(String stage, boolean isForced, boolean keepsKeys) {
        put(JsonMapper.shared()
                .createObjectNode()
                .put("stage", stage)
                .put("force", isForced)
                .put("skip", keepsKeys));
    }

    private void put(ObjectNode request) {
        try (SupervisorClient supervisor = connect()) {
            supervisor.put(SecretsEncryption.CONFIG, request.toString().getBytes(StandardCharsets.UTF_8), LIMIT);
        } catch (HttpTimeoutException e) {
            throw new StartFailure(
                    "the server has not finished within %d minutes, and goes on; see secrets-encrypt status"
                            .formatted(LIMIT.toMinutes()),
                    e);
        } catch (IOException | SupervisorRefused e) {
            throw new StartFailure("the keys were not changed as asked: " + e.getMessage(), e);
        }
    }

    private SupervisorClient connect() throws IOException {
        Path file = serverFolder.resolve("token");
        if (token == null && !Files.isReadable(file)) {
            throw new StartFailure(
                    "%s cannot be read: run this as root on a server, and give --data-dir if it is elsewhere"
                            .formatted(file));
        }
        try {
            String given = token == null ? Files.readString(file).strip() : token;
            return SupervisorClient.connect(server, ServerToken.parse(given).as("server"));
        } catch (PkiException e) {
            throw new StartFailure("the token cannot be used: " + e.getMessage(), e);
        }
    }

    static String text(JsonNode status) {
        if (!status.has("enable")) {
            return "Encryption Status: Disabled, no configuration file found\n";
        }
        String hashes = status.path("hashmatch").asBoolean(false)
                ? "All hashes match"
                : status.path("hasherror").asString("");
        var text = new StringBuilder(
                "Encryption Status: %s%n".formatted(status.path("enable").asBoolean(false) ? "Enabled" : "Disabled"));
        text.append("Current Rotation Stage: ")
                .append(status.path("stage").asString(""))
                .append("\nServer Encryption Hashes: ")
                .append(hashes)
                .append("\n\nActive  Key Type           Name\n")
                .append("------  --------           ----\n");
        String active = status.path("activekey").asString("");
        if (!active.isEmpty()) {
            text.append(line("*", active));
        }
        status.path("inactivekeys").forEach(key -> text.append(line("", key.asString())));
        return text.toString();
    }

    private static String line(String mark, String key) {
        String[] words = key.split(" ", 2);
        return " %-6s %-18s %s%n".formatted(mark, words[0], words.length < 2 ? "" : words[1]);
    }
}
