package io.kvorum.node.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything a server is told, checked and complete.
 *
 * @param dataDir {@code /var/lib/rancher/k3s} unless told otherwise
 * @param etcdArguments what {@code --etcd-arg} set, by key
 */
public record ServerConfig(
        Path dataDir,
        Listener listener,
        Admission admission,
        AdminKubeconfig kubeconfig,
        Network network,
        NodeSettings node,
        boolean runsAgent,
        Map<String, String> apiserverArguments,
        Map<String, String> etcdArguments,
        Map<String, String> controllerArguments,
        Map<String, String> schedulerArguments,
        boolean isVerbose) {
    /** @param tlsSans further names of the API's certificate */
    public record Listener(
            String bindAddress, int port, String advertiseAddress, int advertisePort, List<String> tlsSans) {
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

    /** @param mode such as {@code rw-------} */
    public record AdminKubeconfig(
            Path file, String mode, @Nullable String group) {}

    /** Addresses and names inside the cluster. */
    public record Network(
            Cidr clusterCidr,
            Cidr serviceCidr,
            int firstNodePort,
            int lastNodePort,
            String clusterDns,
            String clusterDomain) {}

    /** This machine as a node. */
    public record NodeSettings(
            String name,
            String address,
            List<String> labels,
            List<String> taints,
            @Nullable String pauseImage,
            @Nullable Path resolvConf,
            Map<String, String> kubeletArguments) {
        public NodeSettings {
            labels = List.copyOf(labels);
            taints = List.copyOf(taints);
            kubeletArguments = Map.copyOf(kubeletArguments);
        }
    }

    public ServerConfig {
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
