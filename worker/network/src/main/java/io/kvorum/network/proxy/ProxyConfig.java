package io.kvorum.network.proxy;

import java.util.List;
import java.util.Optional;

/**
 * What the service proxy is told at start; immutable.
 *
 * @param nodeAddress where health checks of Services are answered
 * @param clusterCidr the range of all pods
 * @param clusterDns what leads cluster DNS to this node's own server; empty where pods do it
 */
public record ProxyConfig(String nodeName, String nodeAddress, String clusterCidr, Optional<ClusterDns> clusterDns) {
    /** The Service's address, and where this node answers for it; both with port 53 in front, by UDP and TCP. */
    public record ClusterDns(String serviceAddress, String localAddress, int localPort) {
        static final int PORT = 53;

        List<String> doors() {
            return List.of(serviceAddress + " . tcp . " + PORT, serviceAddress + " . udp . " + PORT);
        }
    }
}
