package io.kvorum.kubelet.lab;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.kvorum.kubelet.NodeAgent;
import io.kvorum.kubelet.NodeAgentConfig;
import io.kvorum.kubelet.NodePaths;
import io.kvorum.kubelet.NodeRuntime;
import io.kvorum.kubelet.registry.Registries;
import io.kvorum.kubelet.registry.RegistryHosts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** A node agent for a test host: arguments are the host's address, a key file and the API's URL. */
public final class LabAgent {
    private LabAgent() {}

    static NodeAgentConfig config(String address, Path keys) throws Exception {
        return new NodeAgentConfig(
                new NodeAgentConfig.Identity(
                        "h1", address, List.of(), "v1.36.0+k3s1", new TreeMap<>(), List.of(), List.of("control-plane")),
                NodePaths.under(Path.of("/var/lib/rancher/k3s")),
                new NodeAgentConfig.Network(
                        "10.43.0.10", "cluster.local", "10.42.0.0/16", "10.43.0.0/16", "/etc/resolv.conf"),
                new NodeAgentConfig.Images("registry.local/pause:1", Duration.ofMinutes(2)),
                NodeAgentConfig.Limits.usual(),
                new NodeAgentConfig.Door(address, 10250, 10248, LabKeys.keys(keys), LabKeys.trust(keys)));
    }

    public static void main(String[] arguments) throws Exception {
        String address = arguments[0];
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl(arguments[2])
                        .withOnlyHttpWatches(true)
                        .build())
                .build();
        NodeAgentConfig config = config(address, Path.of(arguments[1]));
        NodeRuntime runtime = NodeRuntime.start(
                config.paths(), config.images().pauseImage(), new RegistryHosts(Registries.NONE), () -> {});
        NodeAgent agent = new NodeAgent(config, client, client, runtime, InstantSource.system());
        agent.start();
        CountDownLatch stopping = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            agent.close();
            runtime.close();
            stopping.countDown();
        }));
        stopping.await();
    }
}
