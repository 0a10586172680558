package io.kvorum.apiserver;

import io.kvorum.apiserver.authn.AuthenticationConfig;
import io.kvorum.apiserver.bootstrap.ClusterIdentity;
import io.kvorum.apiserver.discovery.VersionInfo;
import java.time.Duration;

/**
 * How this API server answers.
 *
 * @param externalAddress host and port by which clients reach it, such as {@code 10.0.0.1:6443}; shown by discovery
 */
public record ApiServerConfig(
        AuthenticationConfig authentication,
        ClusterIdentity cluster,
        VersionInfo version,
        String externalAddress,
        Limits limits,
        LostNodes lostNodes) {
    /** How long pods stay on a node that is lost to the cluster, unless they say so themselves. */
    public record LostNodes(int notReadySeconds, int unreachableSeconds) {
        /** Upstream's five minutes. */
        public static final LostNodes STANDARD = new LostNodes(300, 300);
    }

    /**
     * What one server takes on; watches, logs and execs do not count.
     *
     * @param maxReading short reading requests at the same time; above it callers get 429
     * @param maxMutating short changing requests at the same time
     * @param requestTimeout after which a short request is given up
     */
    public record Limits(int maxReading, int maxMutating, Duration requestTimeout) {
        /** Upstream's defaults. */
        public static final Limits STANDARD = new Limits(400, 200, Duration.ofSeconds(60));
    }
}
