package io.kvorum.agent.balancer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The servers last known, in a file that looks as K3s's, so that a node finds its cluster without the one it joined by. */
final class ServerList {
    private static final Logger LOG = LoggerFactory.getLogger(ServerList.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final String serverUrl;

    /** @param serverUrl the address the node was told to join by: a list that came from another one is not this cluster's */
    ServerList(Path file, String serverUrl) {
        this.file = file;
        this.serverUrl = serverUrl;
    }

    /** Empty where there is none, or none that can be used: the node then starts from the address it was told. */
    List<ServerAddress> read() {
        try {
            if (!Files.exists(file)) {
                return List.of();
            }
            JsonNode tree = JSON.readTree(Files.readAllBytes(file));
            if (!tree.path("ServerURL").asString("").equals(serverUrl)) {
                return List.of();
            }
            List<ServerAddress> addresses = new ArrayList<>();
            for (JsonNode address : tree.path("ServerAddresses")) {
                addresses.add(ServerAddress.parse(address.asString("")));
            }
            return List.copyOf(addresses);
        } catch (IOException | JacksonException | IllegalArgumentException damaged) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("why", damaged.getMessage())
                    .log("list of servers cannot be read, starting from the given address");
            return List.of();
        }
    }

    /** A list that cannot be kept is a warning: the servers are known until the process ends. */
    void write(List<ServerAddress> addresses) {
        ObjectNode tree = JSON.createObjectNode().put("ServerURL", serverUrl);
        ArrayNode list = tree.putArray("ServerAddresses");
        addresses.forEach(address -> list.add(address.authority()));
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException refused) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("why", refused.toString())
                    .log("list of servers cannot be kept");
        }
    }
}
