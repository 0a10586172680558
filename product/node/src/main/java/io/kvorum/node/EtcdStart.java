package io.kvorum.node;

import io.kvorum.engine.EmbeddedStore;
import io.kvorum.etcdserver.EtcdServer;
import io.kvorum.etcdserver.EtcdServerConfig;
import io.kvorum.http.Tls;
import io.kvorum.http.Tls.ClientCertificates;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.pki.Trust;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/** Serves etcd's own API on the store: 2379 with TLS and client certificates, health and metrics on the loopback and where asked. */
final class EtcdStart {
    private static final int CLIENT_PORT = 2379;
    private static final int PEER_PORT = 2380;
    private static final int HEALTH_PORT = 2381;

    private EtcdStart() {}

    static EtcdServer start(
            ServerConfig config,
            ServerCertificates certificates,
            ServerCertificates.Names names,
            StoreMember member,
            EmbeddedStore store) {
        certificates.etcdClient();
        String address = config.node().address();
        var tls = new Tls(
                certificates.live(certificates.etcdServing(names)),
                Trust.in(certificates.etcdServerCa().chain()),
                ClientCertificates.NEEDED);
        var server = new EtcdServer(
                EtcdServerConfig.of(
                        listenAddresses(address),
                        Optional.of(tls),
                        healthAddresses(config),
                        member.clusterId(),
                        new EtcdServerConfig.Names(
                                member.name(), List.of(peerUrl(address)), List.of(clientUrl(address)))),
                store,
                new SecureRandom());
        server.start();
        return server;
    }

    private static List<InetSocketAddress> listenAddresses(String address) {
        var local = new InetSocketAddress("127.0.0.1", CLIENT_PORT);
        var outside = new InetSocketAddress(address, CLIENT_PORT);
        return outside.equals(local) ? List.of(local) : List.of(local, outside);
    }

    /** Without TLS: whoever reaches them reads them. */
    static List<InetSocketAddress> healthAddresses(ServerConfig config) {
        var local = new InetSocketAddress("127.0.0.1", HEALTH_PORT);
        var outside = new InetSocketAddress(config.node().address(), HEALTH_PORT);
        return config.listener().exposesStoreMetrics() && !outside.equals(local)
                ? List.of(local, outside)
                : List.of(local);
    }

    static String peerUrl(String address) {
        return url(address, PEER_PORT);
    }

    static String clientUrl(String address) {
        return url(address, CLIENT_PORT);
    }

    private static String url(String address, int port) {
        return "https://" + (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }
}
