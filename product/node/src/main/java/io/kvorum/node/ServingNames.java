package io.kvorum.node;

import io.kvorum.jraft.PeerIdentity;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.pki.ServerCertificates;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Every name and address this server's certificates speak for. */
final class ServingNames {
    private ServingNames() {}

    static ServerCertificates.Names of(ServerConfig config, StoreMember member) {
        List<String> local = List.of(
                "127.0.0.1",
                "::1",
                "localhost",
                config.node().name(),
                config.node().address());
        List<String> api = new ArrayList<>(local);
        api.add(config.listener().advertiseAddress());
        api.addAll(config.node().externalAddresses());
        api.add(config.network().serviceCidr().address(1));
        String domain = config.network().clusterDomain();
        api.addAll(List.of(
                "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc." + domain));
        api.addAll(config.listener().tlsSans());
        List<String> etcd = Stream.concat(local.stream(), config.listener().tlsSans().stream())
                .toList();
        return new ServerCertificates.Names(
                config.node().name(), api.stream().distinct().toList(), etcd, PeerIdentity.uriOf(member.id()));
    }
}
