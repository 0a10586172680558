package io.kvorum.node;

import io.kvorum.apiserver.ApiServer;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.http.Endpoint;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.pki.ServerToken;
import io.kvorum.supervisor.ClusterApi;
import io.kvorum.supervisor.ClusterSettings;
import io.kvorum.supervisor.JoinTokens;
import io.kvorum.supervisor.NodeTunnels;
import io.kvorum.supervisor.Supervisor;
import io.kvorum.supervisor.SupervisorParts;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts the supervisor together, which stands before the API on its port. */
final class SupervisorStart {
    private SupervisorStart() {}

    static Supervisor of(
            ServerConfig config,
            ServerCertificates certificates,
            Supplier<String> password,
            StoreMember member,
            EmbeddedStore store,
            ApiServer apiServer,
            SharedNames names,
            @Nullable NodeTunnels tunnels,
            Map<String, Endpoint> furtherForServers,
            InstantSource clock) {
        return new Supervisor(
                new SupervisorParts(
                        config.serverFolder(),
                        certificates,
                        tokens(config, password),
                        new ClusterApi(apiServer, certificates.supervisor()),
                        settings(config),
                        new EngineMembers(store.members(), member.clusterId()),
                        apiServer::isReady,
                        names::tell,
                        tunnels,
                        furtherForServers),
                apiServer,
                clock);
    }

    private static JoinTokens tokens(ServerConfig config, Supplier<String> password) {
        String agentToken = config.admission().agentToken();
        if (agentToken == null) {
            return new JoinTokens(password, password);
        }
        String agentPassword = ServerToken.parse(agentToken).password();
        return new JoinTokens(password, () -> agentPassword);
    }

    private static ClusterSettings settings(ServerConfig config) {
        ServerConfig.Network network = config.network();
        return new ClusterSettings(
                network.clusterCidr().toString(),
                network.serviceCidr().toString(),
                network.clusterDns(),
                network.clusterDomain(),
                config.cluster().flannelBackend(),
                config.cluster().critical());
    }
}
