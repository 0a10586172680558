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
import io.kvorum.supervisor.Supervisor;
import io.kvorum.supervisor.SupervisorParts;
import java.time.InstantSource;
import java.util.Map;

/** Puts the supervisor together, which stands before the API on its port. */
final class SupervisorStart {
    private SupervisorStart() {}

    static Supervisor of(
            ServerConfig config,
            ServerCertificates certificates,
            ServerToken token,
            StoreMember member,
            EmbeddedStore store,
            ApiServer apiServer,
            ServingCertificate serving,
            Map<String, Endpoint> furtherForServers,
            InstantSource clock) {
        return new Supervisor(
                new SupervisorParts(
                        config.serverFolder(),
                        certificates,
                        tokens(config, token),
                        new ClusterApi(apiServer, certificates.supervisor()),
                        settings(config),
                        new EngineMembers(store.members(), member.clusterId()),
                        apiServer::isReady,
                        serving::learn,
                        furtherForServers),
                apiServer,
                clock);
    }

    private static JoinTokens tokens(ServerConfig config, ServerToken token) {
        String agentToken = config.admission().agentToken();
        String agentPassword = agentToken == null
                ? token.password()
                : ServerToken.parse(agentToken).password();
        return new JoinTokens(token::password, () -> agentPassword);
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
