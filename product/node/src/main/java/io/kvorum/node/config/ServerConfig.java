package io.kvorum.node.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything a server is told, checked and complete.
 *
 * @param dataDir {@code /var/lib/rancher/k3s} unless told otherwise
 * @param leftOut what {@code --disable} names
 * @param etcdArguments what {@code --etcd-arg} set, by key
 */
public record ServerConfig(
        Path dataDir,
        Listener listener,
        Admission admission,
        Cluster cluster,
        AdminKubeconfig kubeconfig,
        Network network,
        NodeSettings node,
        boolean runsAgent,
        List<String> leftOut,
        Map<String, String> apiserverArguments,
        Map<String, String> etcdArguments,
        Map<String, String> controllerArguments,
        Map<String, String> schedulerArguments,
        boolean isVerbose,
        SnapshotSettings snapshots,
        Recovery recovery) {
    /**
     * What is to be done instead of serving.
     *
     * @param isReset make this server the only member of its cluster
     * @param snapshot what to restore then: a file, a name, a part of one, or a date; null for the data that is there
     */
    public record Recovery(boolean isReset, @Nullable String snapshot) {}

    /**
     * @param tlsSans further names of the API's certificate
     * @param isStrictAboutNames no other names than these are ever added to it
     * @param exposesStoreMetrics also on the node's address, where anybody can read them
     */
    public record Listener(
            String bindAddress,
            int port,
            String advertiseAddress,
            int advertisePort,
            List<String> tlsSans,
            boolean isStrictAboutNames,
            boolean exposesStoreMetrics) {
        public Listener {
            tlsSans = List.copyOf(tlsSans);
        }
    }

    /** What lets nodes in; null where the server makes it up or reads it from its own file. */
    public record Admission(
            @Nullable String token, @Nullable String agentToken) {
        /** Hides both. */
        @Override
        public String toString() {
            return "Admission[]";
        }
    }

    /**
     * Which cluster this server belongs to.
     *
     * @param server one of the cluster to join; null for none
     * @param isInit begin a new one
     * @param flannelBackend the pod network between nodes
     * @param critical by flag: what must be the same on all servers
     */
    public record Cluster(
            @Nullable URI server, boolean isInit, String flannelBackend, SortedMap<String, String> critical) {
        /** The switch for {@link #isEdgeFailOver}. */
        public static final String EDGE_FAIL_OVER = "edge-failover";
        /** The flags for {@link #secretsEncryption}. */
        public static final String SECRETS_ENCRYPTION = "secrets-encryption";

        public static final String SECRETS_PROVIDER = "secrets-encryption-provider";
        /** The flag for {@link #isTunnelled}. */
        public static final String EGRESS = "egress-selector-mode";

        public Cluster {
            critical = Collections.unmodifiableSortedMap(new TreeMap<>(critical));
        }

        /** Whether servers reach kubelets by tunnels that nodes open, where they cannot connect themselves. */
        public boolean isTunnelled() {
            return !"disabled".equals(critical.get(EGRESS));
        }

        /** Whether Secrets are encrypted in the store, and how: aescbc or secretbox. */
        public Optional<String> secretsEncryption() {
            return Boolean.parseBoolean(critical.get(SECRETS_ENCRYPTION))
                    ? Optional.of(critical.getOrDefault(SECRETS_PROVIDER, "aescbc"))
                    : Optional.empty();
        }

        /** Whether pods of a dead node are to run elsewhere within half a minute. */
        public boolean isEdgeFailOver() {
            return Boolean.parseBoolean(critical.get(EDGE_FAIL_OVER));
        }
    }

    /**
     * @param mode such as {@code rw-------}; null for the mode that the file has already, and for the owner alone when there
     *     is none
     */
    public record AdminKubeconfig(
            Path file, @Nullable String mode, @Nullable String group) {}

    /** Addresses and names inside the cluster. */
    public record Network(
            Cidr clusterCidr,
            Cidr serviceCidr,
            int firstNodePort,
            int lastNodePort,
            String clusterDns,
            String clusterDomain) {}

    /**
     * This machine as a node.
     *
     * @param externalAddresses by which others than the nodes reach it
     */
    public record NodeSettings(
            String name,
            String address,
            List<String> externalAddresses,
            List<String> labels,
            List<String> taints,
            @Nullable String pauseImage,
            @Nullable Path resolvConf,
            Map<String, String> kubeletArguments,
            Path registriesFile) {
        public NodeSettings {
            externalAddresses = List.copyOf(externalAddresses);
            labels = List.copyOf(labels);
            taints = List.copyOf(taints);
            kubeletArguments = Map.copyOf(kubeletArguments);
        }
    }

    public ServerConfig {
        leftOut = List.copyOf(leftOut);
        apiserverArguments = Map.copyOf(apiserverArguments);
        etcdArguments = Map.copyOf(etcdArguments);
        controllerArguments = Map.copyOf(controllerArguments);
        schedulerArguments = Map.copyOf(schedulerArguments);
    }

    public Path serverFolder() {
        return dataDir.resolve("server");
    }

    public Path agentFolder() {
        return dataDir.resolve("agent");
    }
}
