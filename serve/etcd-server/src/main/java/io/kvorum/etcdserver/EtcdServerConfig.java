package io.kvorum.etcdserver;

import io.kvorum.http.Tls;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How etcd's API is served.
 *
 * @param listen where clients come in; never a wildcard address
 * @param tls who this server is and whom it believes; without it the addresses must be loopback ones
 * @param healthListen where health and metrics are answered without TLS; empty for nowhere
 * @param clusterId names the cluster in every answer
 * @param names what this member tells the others about itself
 * @param version the version of etcd whose API this is
 * @param maxRequestBytes the largest request
 * @param progressEvery how long a watch that asked for it stays without news of how far it has come
 * @param leaderLookEvery how often is looked whether there is a leader; after three looks without one, streams of
 *     callers who want one are cut
 */
public record EtcdServerConfig(
        List<InetSocketAddress> listen,
        Optional<Tls> tls,
        List<InetSocketAddress> healthListen,
        long clusterId,
        Names names,
        String version,
        int maxRequestBytes,
        Duration progressEvery,
        Duration leaderLookEvery) {
    /** What etcd has, too. */
    private static final int DEFAULT_REQUEST_BYTES = 3 << 19;

    private static final Duration DEFAULT_PROGRESS = Duration.ofMinutes(10);
    private static final Duration DEFAULT_LEADER_LOOK = Duration.ofSeconds(1);
    private static final String API_VERSION = "3.6.4";

    public EtcdServerConfig {
        listen = List.copyOf(listen);
        healthListen = List.copyOf(healthListen);
        for (InetSocketAddress address : listen) {
            if (address.getAddress() != null && address.getAddress().isAnyLocalAddress()) {
                throw new IllegalArgumentException("etcd's API is served on named addresses only, not on " + address);
            }
            if (tls.isEmpty()
                    && (address.getAddress() == null || !address.getAddress().isLoopbackAddress())) {
                throw new IllegalArgumentException(
                        "etcd's API without TLS is served on a loopback address only, not on " + address);
            }
        }
    }

    public static EtcdServerConfig of(
            List<InetSocketAddress> listen,
            Optional<Tls> tls,
            List<InetSocketAddress> healthListen,
            long clusterId,
            Names names) {
        return new EtcdServerConfig(
                listen,
                tls,
                healthListen,
                clusterId,
                names,
                API_VERSION,
                DEFAULT_REQUEST_BYTES,
                DEFAULT_PROGRESS,
                DEFAULT_LEADER_LOOK);
    }

    public EtcdServerConfig withVersion(String other) {
        return new EtcdServerConfig(
                listen, tls, healthListen, clusterId, names, other, maxRequestBytes, progressEvery, leaderLookEvery);
    }

    public EtcdServerConfig withProgressEvery(Duration interval) {
        return new EtcdServerConfig(
                listen, tls, healthListen, clusterId, names, version, maxRequestBytes, interval, leaderLookEvery);
    }

    public EtcdServerConfig withLeaderLookEvery(Duration interval) {
        return new EtcdServerConfig(
                listen, tls, healthListen, clusterId, names, version, maxRequestBytes, progressEvery, interval);
    }

    /** What a member is called and where its peers and clients reach it. */
    public record Names(String member, List<String> peerUrls, List<String> clientUrls) {
        public Names {
            peerUrls = List.copyOf(peerUrls);
            clientUrls = List.copyOf(clientUrls);
        }
    }
}
