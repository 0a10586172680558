package io.kvorum.node;

import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.join.SupervisorClient;
import io.kvorum.node.join.SupervisorRefused;
import io.kvorum.pki.PkiException;
import io.kvorum.pki.SecretFile;
import io.kvorum.pki.ServerToken;
import io.kvorum.supervisor.AgentTokenMark;
import io.kvorum.supervisor.BootstrapFiles;
import io.kvorum.supervisor.ClusterSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A server's entry into a cluster that is there already: first the cluster's keys come onto this disk, then this server's
 * empty store is taken in. Used by the starting thread.
 */
final class ServerJoin implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerJoin.class);
    /** A server that starts together with the first one waits for it. */
    private static final Duration CONTACT_LIMIT = Duration.ofMinutes(5);

    private static final Duration ENTRY_LIMIT = Duration.ofMinutes(5);
    private static final Duration ONE_ENTRY_LIMIT = Duration.ofSeconds(90);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final SupervisorClient cluster;
    private final long clusterId;

    private ServerJoin(SupervisorClient cluster, long clusterId) {
        this.cluster = cluster;
        this.clusterId = clusterId;
    }

    /**
     * Asks the cluster for what makes a server one of it and writes that to disk.
     *
     * @throws StartFailure when the cluster does not want this server, or nobody answers
     */
    static ServerJoin prepare(ServerConfig config) throws InterruptedException {
        URI server = Objects.requireNonNull(config.cluster().server());
        ServerToken token = token(config);
        return retrying(CONTACT_LIMIT, "reach the cluster at " + server, () -> contact(config, server, token));
    }

    private static ServerJoin contact(ServerConfig config, URI server, ServerToken token) throws IOException {
        SupervisorClient cluster = SupervisorClient.connect(server, token);
        try {
            refuseOtherSettings(config, cluster);
            JsonNode info = json(cluster.get("/db/info", Map.of()));
            new BootstrapFiles(config.serverFolder()).write(cluster.get("/v1-k3s/server-bootstrap", Map.of()));
            SecretFile.write(
                    config.serverFolder().resolve("token"), cluster.token().secureForm() + "\n", "rw-------");
            return new ServerJoin(
                    cluster, Long.parseUnsignedLong(info.path("clusterID").asString(""), 16));
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static ServerToken token(ServerConfig config) {
        String given = config.admission().token();
        Path file = config.serverFolder().resolve("token");
        try {
            if (given == null && Files.exists(file)) {
                given = Files.readString(file);
            }
            if (given == null) {
                throw new StartFailure("to join %s, give --token (or K3S_TOKEN): what stands in server/token there"
                        .formatted(config.cluster().server()));
            }
            ServerToken token = ServerToken.parse(given);
            return token.isBootstrap() ? token : token.as("server");
        } catch (IOException | PkiException e) {
            throw new StartFailure("the token cannot be used: " + e.getMessage(), e);
        }
    }

    private static void refuseOtherSettings(ServerConfig config, SupervisorClient cluster) throws IOException {
        JsonNode settings = json(cluster.get("/v1-k3s/config", Map.of()));
        JsonNode theirs = settings.path(ClusterSettings.CRITICAL);
        List<String> differing = new ArrayList<>();
        if (isOtherAgentToken(config, cluster.token(), settings)) {
            differing.add("--agent-token in the cluster is "
                    + (config.admission().agentToken() == null
                            ? "set, and none is given here"
                            : "not the one given here"));
        }
        config.cluster().critical().forEach((flag, ours) -> {
            String other = theirs.path(flag).asString(ours);
            if (!other.equals(ours)) {
                differing.add("--%s is \"%s\" in the cluster and \"%s\" here".formatted(flag, other, ours));
            }
        });
        if (!differing.isEmpty()) {
            throw new StartFailure("critical configuration value mismatch: %s; start this server with the cluster's"
                    .formatted(String.join("; ", differing)));
        }
    }

    private static boolean isOtherAgentToken(ServerConfig config, ServerToken token, JsonNode settings) {
        String mark = settings.path(AgentTokenMark.MEMBER).asString("");
        String ours = config.admission().agentToken();
        if (mark.isEmpty() || token.isBootstrap()) {
            return false;
        }
        try {
            String password =
                    ours == null ? token.password() : ServerToken.parse(ours).password();
            return !AgentTokenMark.of(token.password(), password).equals(mark);
        } catch (PkiException e) {
            throw new StartFailure("--agent-token cannot be used: " + e.getMessage(), e);
        }
    }

    long clusterId() {
        return clusterId;
    }

    /** Blocks until this server's member, which must be running by now, has a vote. */
    void takeIn(ServerConfig config, StoreMember member) throws InterruptedException {
        byte[] request = request(config, member).toString().getBytes(StandardCharsets.UTF_8);
        Set<URI> doors = new LinkedHashSet<>();
        doors.add(cluster.server());
        retrying(ENTRY_LIMIT, "be taken into the cluster", () -> {
            doors.addAll(otherServers());
            return enterByAnyOf(doors, request);
        });
        LOG.atInfo().addKeyValue("member", member.name()).log("this server has a vote");
    }

    private static ObjectNode request(ServerConfig config, StoreMember member) {
        String address = config.node().address();
        ObjectNode request = JsonMapper.shared().createObjectNode();
        request.put("node", config.node().name())
                .put("ID", member.id().toString())
                .put("name", member.name());
        request.putArray("peerURLs").add(EtcdStart.peerUrl(address));
        request.putArray("clientURLs").add(EtcdStart.clientUrl(address));
        return request;
    }

    private Set<URI> otherServers() {
        Set<URI> others = new LinkedHashSet<>();
        try {
            for (JsonNode address : json(cluster.get("/v1-k3s/apiservers", Map.of()))) {
                others.add(URI.create("https://" + address.asString()));
            }
        } catch (IOException | SupervisorRefused e) {
            LOG.atDebug().setCause(e).log("the other servers are not known yet");
        }
        return others;
    }

    private boolean enterByAnyOf(Set<URI> doors, byte[] request) throws IOException {
        IOException last = new IOException("no server");
        for (URI door : doors) {
            try (SupervisorClient server = cluster.at(door)) {
                server.post("/db/join", Map.of("Content-Type", "application/json"), request, ONE_ENTRY_LIMIT);
                return true;
            } catch (IOException e) {
                last = e;
            } catch (SupervisorRefused e) {
                if (!e.isPassing()) {
                    throw e;
                }
                last = new IOException(e.getMessage(), e);
            }
        }
        throw last;
    }

    private static JsonNode json(byte[] body) {
        return JsonMapper.shared().readTree(body);
    }

    private interface Attempt<T> {
        T make() throws IOException;
    }

    private static <T> T retrying(Duration limit, String what, Attempt<T> attempt) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        @Nullable String told = null;
        while (true) {
            String reason;
            try {
                return attempt.make();
            } catch (SupervisorRefused e) {
                if (!e.isPassing()) {
                    throw new StartFailure("cannot " + what + ": " + e.getMessage(), e);
                }
                reason = String.valueOf(e.getMessage());
            } catch (IOException e) {
                reason = e.getMessage() == null ? e.toString() : e.getMessage();
            }
            told = tell(what, reason, told);
            if (System.nanoTime() > end) {
                throw new StartFailure("could not %s within %d s: %s".formatted(what, limit.toSeconds(), reason));
            }
            Thread.sleep(PAUSE);
        }
    }

    /** Each reason once. */
    private static String tell(String what, String reason, @Nullable String told) {
        if (!reason.equals(told)) {
            LOG.atWarn().addKeyValue("aim", what).addKeyValue("reason", reason).log("not yet, trying again");
        }
        return reason;
    }

    @Override
    public void close() {
        cluster.close();
    }
}
