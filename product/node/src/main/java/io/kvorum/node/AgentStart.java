package io.kvorum.node;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvorum.kubelet.NodeAgent;
import io.kvorum.kubelet.NodeAgentConfig;
import io.kvorum.kubelet.NodePaths;
import io.kvorum.kubelet.NodeRuntime;
import io.kvorum.kubelet.containerd.ContainerdUnavailable;
import io.kvorum.kubelet.registry.RegistriesUnreadable;
import io.kvorum.kubelet.registry.RegistryHosts;
import io.kvorum.network.overlay.OverlayConfig;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.config.ServerConfig.NodeSettings;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.pki.Trust;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/** Starts the node agent of this machine, which may be a server's own. */
final class AgentStart {
    private static final int KUBELET_PORT = 10250;
    private static final int HEALTH_PORT = 10248;
    private static final String PAUSE_IMAGE = "docker.io/rancher/mirrored-pause:3.6";
    private static final Duration PULL_LIMIT = Duration.ofMinutes(5);

    /** Who the parts of the agent are to the API. */
    record Clients(KubernetesClient node, KubernetesClient proxy) {}

    private AgentStart() {}

    /**
     * Begins to start what runs containers, which comes up meanwhile.
     *
     * @throws StartFailure when this machine lacks it
     */
    static NodeRuntime startRuntime(Path dataDir, NodeSettings node) {
        NodePaths paths = NodePaths.under(dataDir);
        try {
            return NodeRuntime.start(
                    paths,
                    pauseImage(node),
                    RegistryHosts.of(node.registriesFile()),
                    () -> BundledImages.provide(distribution().resolve("images"), paths.images()));
        } catch (ContainerdUnavailable e) {
            throw unavailable(e);
        } catch (RegistriesUnreadable e) {
            throw new StartFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private static String pauseImage(NodeSettings node) {
        return node.pauseImage() == null ? PAUSE_IMAGE : node.pauseImage();
    }

    private static StartFailure unavailable(ContainerdUnavailable e) {
        return new StartFailure(e.getMessage() == null ? "containerd cannot be started" : e.getMessage(), e);
    }

    /** What a node is told; a server knows it itself, an agent is told by servers. */
    record Order(
            Path dataDir,
            NodeSettings node,
            NodeAgentConfig.Network network,
            FailOverProfile failOver,
            NodeAgentConfig.Door door) {}

    /** Of a server. */
    static NodeAgent start(
            ServerConfig config,
            ServerCertificates certificates,
            Clients clients,
            NodeRuntime runtime,
            InstantSource clock)
            throws InterruptedException {
        ServerConfig.Network network = config.network();
        return start(
                new Order(
                        config.dataDir(),
                        config.node(),
                        network(
                                config.node(),
                                network.clusterDns(),
                                network.clusterDomain(),
                                network.clusterCidr().toString(),
                                network.serviceCidr().toString(),
                                config.cluster().flannelBackend()),
                        FailOverProfile.of(config.cluster().isEdgeFailOver()),
                        door(config, certificates)),
                clients,
                runtime,
                clock);
    }

    /** @throws StartFailure when this machine lacks what a node needs */
    static NodeAgent start(Order order, Clients clients, NodeRuntime runtime, InstantSource clock)
            throws InterruptedException {
        var agent = new NodeAgent(
                agentConfig(order, NodePaths.under(order.dataDir())), clients.node(), clients.proxy(), runtime, clock);
        try {
            agent.start();
            return agent;
        } catch (ContainerdUnavailable e) {
            agent.close();
            throw unavailable(e);
        }
    }

    private static Path distribution() {
        return Path.of(System.getenv().getOrDefault("KVORUM_HOME", "/usr/local/lib/kvorum"));
    }

    private static NodeAgentConfig agentConfig(Order order, NodePaths paths) {
        NodeSettings node = order.node();
        return new NodeAgentConfig(
                new NodeAgentConfig.Identity(
                        node.name(),
                        node.address(),
                        node.externalAddresses(),
                        Version.CURRENT.kubernetes(),
                        labels(node.labels()),
                        taints(node.taints()),
                        List.of()),
                paths,
                order.network(),
                new NodeAgentConfig.Images(pauseImage(node), PULL_LIMIT),
                KubeletArguments.apply(NodeAgentConfig.Limits.usual(), node.kubeletArguments())
                        .withLeaseRenewal(order.failOver().leaseRenewal()),
                order.door());
    }

    static NodeAgentConfig.Network network(
            NodeSettings node,
            String clusterDns,
            String clusterDomain,
            String clusterCidr,
            String serviceCidr,
            String flannelBackend) {
        return new NodeAgentConfig.Network(
                clusterDns, clusterDomain, clusterCidr, serviceCidr, resolvConf(node), overlay(flannelBackend));
    }

    private static Optional<OverlayConfig.Backend> overlay(String flannelBackend) {
        return switch (flannelBackend) {
            case "vxlan" -> Optional.of(OverlayConfig.Backend.VXLAN);
            case "host-gw" -> Optional.of(OverlayConfig.Backend.HOST_GATEWAY);
            case "none" -> Optional.empty();
            default ->
                throw new StartFailure("--flannel-backend is vxlan, host-gw or none in this version, not \"%s\""
                        .formatted(flannelBackend));
        };
    }

    /** Of an agent, with keys that a server signed. */
    static NodeAgentConfig.Door door(NodeSettings node, X509ExtendedKeyManager keys, X509TrustManager callers) {
        return new NodeAgentConfig.Door(node.address(), KUBELET_PORT, HEALTH_PORT, keys, callers);
    }

    /** Where a node's own kubelet takes connections. */
    static InetSocketAddress kubelet(NodeSettings node) {
        return new InetSocketAddress(node.address(), KUBELET_PORT);
    }

    private static NodeAgentConfig.Door door(ServerConfig config, ServerCertificates certificates) {
        NodeSettings node = config.node();
        var keys = certificates.live(
                certificates.kubeletServing(node.name(), List.of(node.address()), config.agentFolder()));
        return door(node, keys, Trust.in(certificates.clientAuthorities()));
    }

    /** Pods cannot reach a resolver on the host's loopback, so systemd-resolved's own list is preferred where it runs. */
    private static String resolvConf(NodeSettings node) {
        if (node.resolvConf() != null) {
            return node.resolvConf().toString();
        }
        Path behindStub = Path.of("/run/systemd/resolve/resolv.conf");
        return Files.exists(behindStub) ? behindStub.toString() : "/etc/resolv.conf";
    }

    private static SortedMap<String, String> labels(List<String> given) {
        SortedMap<String, String> labels = new TreeMap<>();
        for (String label : given) {
            int equals = label.indexOf('=');
            labels.put(label.substring(0, equals), label.substring(equals + 1));
        }
        return labels;
    }

    private static List<NodeAgentConfig.Taint> taints(List<String> given) {
        return given.stream()
                .map(taint -> {
                    int colon = taint.lastIndexOf(':');
                    String key = taint.substring(0, colon);
                    int equals = key.indexOf('=');
                    return new NodeAgentConfig.Taint(
                            equals < 0 ? key : key.substring(0, equals),
                            equals < 0 ? "" : key.substring(equals + 1),
                            taint.substring(colon + 1));
                })
                .toList();
    }
}
