package io.kvorum.node;

import io.kvorum.pki.SecretFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The kubeconfigs of an agent's parts, where K3s has them: for people and tools that look for them. */
final class AgentKubeconfigs {
    private static final Map<String, String> FILES = new TreeMap<>(Map.of(
            "kubelet.kubeconfig", "client-kubelet",
            "kubeproxy.kubeconfig", "client-kube-proxy",
            "k3scontroller.kubeconfig", "client-k3s-controller"));

    private AgentKubeconfigs() {}

    /** @param servers the node's own way to them */
    static void write(Path agentFolder, URI servers) {
        FILES.forEach((file, leaf) ->
                SecretFile.write(agentFolder.resolve(file), text(agentFolder, servers, leaf), "rw-------"));
    }

    private static String text(Path folder, URI servers, String leaf) {
        return """
                apiVersion: v1
                clusters:
                - cluster:
                    server: %s
                    certificate-authority: %s
                  name: local
                contexts:
                - context:
                    cluster: local
                    namespace: default
                    user: user
                  name: Default
                current-context: Default
                kind: Config
                preferences: {}
                users:
                - name: user
                  user:
                    client-certificate: %s
                    client-key: %s
                """.formatted(
                servers, folder.resolve("server-ca.crt"), folder.resolve(leaf + ".crt"), folder.resolve(leaf + ".key"));
    }
}
