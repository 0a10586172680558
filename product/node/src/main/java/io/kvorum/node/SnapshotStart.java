package io.kvorum.node;

import io.kvorum.engine.EmbeddedStore;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.snapshots.BucketSecret;
import io.kvorum.node.snapshots.SnapshotMetrics;
import io.kvorum.node.snapshots.SnapshotService;
import io.kvorum.pki.ServerToken;
import io.kvorum.supervisor.ClusterApi;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;

/** Builds what keeps a server's snapshots. */
final class SnapshotStart {
    private SnapshotStart() {}

    static SnapshotService service(
            ServerConfig config, ServerToken token, EmbeddedStore store, ApiStart api, ClusterApi cluster) {
        return new SnapshotService(
                store,
                config.snapshots(),
                new SnapshotService.Naming(config.node().name(), tokenHash(token.password())),
                InstantSource.system(),
                new SnapshotService.Cluster(new SnapshotMetrics(api.metrics()), new BucketSecret(cluster::find)));
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
