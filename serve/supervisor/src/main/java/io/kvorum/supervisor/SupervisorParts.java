package io.kvorum.supervisor;

import io.kvorum.http.Endpoint;
import io.kvorum.pki.ServerCertificates;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the supervisor works with.
 *
 * @param serverFolder {@code <data-dir>/server}
 * @param isReady whether this server can answer from the API
 * @param joinedBy hears under which host name or address somebody with a valid token reached this server
 * @param tunnels takes in what nodes hold open; null where there are none
 * @param furtherForServers by path: more that only who holds the server token may ask
 */
public record SupervisorParts(
        Path serverFolder,
        ServerCertificates certificates,
        JoinTokens tokens,
        ClusterApi cluster,
        ClusterSettings settings,
        StoreMembers members,
        BooleanSupplier isReady,
        Consumer<String> joinedBy,
        @Nullable NodeTunnels tunnels,
        Map<String, Endpoint> furtherForServers) {
    public SupervisorParts {
        furtherForServers = Map.copyOf(furtherForServers);
    }
}
