package io.kvorum.node.secrets;

import io.kvorum.node.StartFailure;
import io.kvorum.node.join.SupervisorClient;
import io.kvorum.node.join.SupervisorRefused;
import io.kvorum.pki.ServerToken;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks this machine's server how Secrets stand in the store. One thread. */
public final class SecretsAdmin {
    private SecretsAdmin() {}

    /**
     * In the words and the table of K3s.
     *
     * @param serverFolder {@code <data-dir>/server} of a server on this machine
     * @throws StartFailure when there is none, or it does not answer
     */
    public static String status(Path serverFolder, URI server) {
        Path token = serverFolder.resolve("token");
        if (!Files.isReadable(token)) {
            throw new StartFailure(
                    "%s cannot be read: run this as root on a server, and give --data-dir if it is elsewhere"
                            .formatted(token));
        }
        try (SupervisorClient supervisor = SupervisorClient.connect(
                server, ServerToken.parse(Files.readString(token).strip()).as("server"))) {
            return text(JsonMapper.shared().readTree(supervisor.get(SecretsAtRest.PATH, Map.of())));
        } catch (IOException | SupervisorRefused e) {
            throw new StartFailure("the server on this machine did not answer: " + e.getMessage(), e);
        }
    }

    static String text(JsonNode status) {
        String active = status.path("activekey").asString("");
        if (active.isEmpty()) {
            return "Encryption Status: Disabled, no configuration file found\n";
        }
        var text = new StringBuilder(
                "Encryption Status: %s%n".formatted(status.path("enable").asBoolean(false) ? "Enabled" : "Disabled"));
        text.append("Current Rotation Stage: ")
                .append(status.path("stage").asString(""))
                .append("\nServer Encryption Hashes: All hashes match\n\n")
                .append("Active  Key Type           Name\n")
                .append("------  --------           ----\n")
                .append(line("*", active));
        status.path("inactivekeys").forEach(key -> text.append(line("", key.asString())));
        return text.toString();
    }

    private static String line(String mark, String key) {
        String[] words = key.split(" ", 2);
        return " %-6s %-18s %s%n".formatted(mark, words[0], words.length < 2 ? "" : words[1]);
    }
}
