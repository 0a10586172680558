package io.kvorum.node;

import io.kvorum.engine.EmbeddedStore;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.snapshots.SnapshotCluster;
import io.kvorum.node.snapshots.SnapshotEvents;
import io.kvorum.node.snapshots.SnapshotObserver;
import io.kvorum.node.snapshots.SnapshotRecords;
import io.kvorum.node.snapshots.SnapshotService;
import io.kvorum.supervisor.ClusterApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** Builds what keeps a server's snapshots. */
final class SnapshotStart {
    private SnapshotStart() {}

    /** What keeps the cluster's objects of snapshots; to be started when there is an API to keep them in. */
    static SnapshotRecords records(String node, ClusterApi api) {
        var cluster = new Cluster(api);
        var clock = InstantSource.system();
        return new SnapshotRecords(cluster, new SnapshotEvents(cluster, node, clock, new SecureRandom()), node);
    }

    static SnapshotService service(
            ServerConfig config,
            Supplier<String> password,
            EmbeddedStore store,
            ClusterApi api,
            SnapshotObserver observer) {
        return new SnapshotService(
                store,
                config.snapshots(),
                new SnapshotService.Naming(config.node().name(), tokenHash(password.get())),
                InstantSource.system(),
                new SnapshotService.Cluster(new Cluster(api), observer, password));
    }

    /** The supervisor's view of the cluster, as that of snapshots. */
    private record Cluster(ClusterApi api) implements SnapshotCluster {
        @Override
        public Optional<ObjectNode> find(String path) throws IOException {
            return api.find(path);
        }

        @Override
        public boolean create(String collection, ObjectNode object) throws IOException {
            return api.create(collection, object);
        }

        @Override
        public boolean replace(String path, ObjectNode object) throws IOException {
            return api.replace(path, object);
        }

        @Override
        public void delete(String path) throws IOException {
            api.delete(path);
        }
    }

    /** As K3s marks a snapshot with the token that it needs. */
    static String tokenHash(String password) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(password.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
