package io.kvorum.agent.join;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * Who joins, and where it keeps what it gets.
 *
 * @param addresses that the API server reaches this node by
 * @param server the address to join by
 * @param folder such as {@code /var/lib/rancher/k3s/agent}
 * @param passwordFile such as {@code /etc/rancher/node/password}
 */
public record JoiningNode(String name, List<String> addresses, URI server, Path folder, Path passwordFile) {
    public JoiningNode {
        addresses = List.copyOf(addresses);
    }

    Path serverCa() {
        return folder.resolve("server-ca.crt");
    }

    Path clientCa() {
        return folder.resolve("client-ca.crt");
    }

    Path settings() {
        return folder.resolve("etc/k3s-cluster-settings.json");
    }

    /** The servers last known, as K3s keeps them. */
    public Path serverList() {
        return folder.resolve("etc/k3s-agent-load-balancer.json");
    }
}
