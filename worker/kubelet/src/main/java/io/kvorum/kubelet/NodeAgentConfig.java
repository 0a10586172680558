package io.kvorum.kubelet;

import io.kvorum.network.overlay.OverlayConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/** Everything the node agent is told at start; parsed elsewhere, immutable, shared freely. */
public record NodeAgentConfig(
        Identity identity, NodePaths paths, Network network, Images images, Limits limits, Door door) {

    /** Who this node is. {@code externalAddresses} are for others than nodes. {@code roles} become {@code node-role.kubernetes.io/...} labels. */
    public record Identity(
            String name,
            String address,
            List<String> externalAddresses,
            String productVersion,
            SortedMap<String, String> labels,
            List<Taint> taints,
            List<String> roles) {
        public Identity {
            labels = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(labels));
            externalAddresses = List.copyOf(externalAddresses);
            taints = List.copyOf(taints);
            roles = List.copyOf(roles);
        }
    }

    /** A taint put on the Node when it registers. */
    public record Taint(String key, String value, String effect) {}

    /**
     * What pods are told about the cluster's names and networks.
     *
     * @param overlay how packets get to pods of other nodes; empty where something else takes care of it
     */
    public record Network(
            String clusterDnsAddress,
            String clusterDomain,
            String clusterCidr,
            String serviceCidr,
            String resolvConf,
            Optional<OverlayConfig.Backend> overlay) {
        /** With VXLAN between nodes, which works wherever they reach each other. */
        public Network(
                String clusterDnsAddress,
                String clusterDomain,
                String clusterCidr,
                String serviceCidr,
                String resolvConf) {
            this(
                    clusterDnsAddress,
                    clusterDomain,
                    clusterCidr,
                    serviceCidr,
                    resolvConf,
                    Optional.of(OverlayConfig.Backend.VXLAN));
        }
    }

    /** The sandbox image; it is imported from the images folder like all bundled ones. */
    public record Images(String pauseImage, Duration pullDeadline) {}

    /** Thresholds of disk and memory pressure, how many pods fit, and how often the node says that it lives. */
    public record Limits(
            int maxPods,
            long memoryAvailableBytes,
            double diskAvailableFraction,
            long containerLogBytes,
            int containerLogFiles,
            Duration leaseRenewal) {
        /** As the upstream kubelet's defaults. */
        public static Limits usual() {
            return new Limits(110, 100L << 20, 0.05, 10L << 20, 5, Duration.ofSeconds(10));
        }

        public Limits withLeaseRenewal(Duration every) {
            return new Limits(
                    maxPods, memoryAvailableBytes, diskAvailableFraction, containerLogBytes, containerLogFiles, every);
        }
    }

    /** The kubelet's own HTTPS door; only certificates of {@code callers} may come in. */
    public record Door(
            String bindAddress, int port, int healthPort, X509ExtendedKeyManager keys, X509TrustManager callers) {}

    /** Extra kubelet arguments by name, as K3s passes them on; unknown ones are reported at start. */
    public static Map<String, String> parseKubeletArguments(List<String> arguments) {
        SortedMap<String, String> parsed = new TreeMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            parsed.put(
                    equals < 0 ? argument : argument.substring(0, equals),
                    equals < 0 ? "true" : argument.substring(equals + 1));
        }
        return parsed;
    }
}
