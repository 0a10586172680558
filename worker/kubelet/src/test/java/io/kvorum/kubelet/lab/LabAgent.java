package io.kvorum.kubelet.lab;

import io.kvorum.client.Clients;
import io.kvorum.http.HttpConfig;
import io.kvorum.http.PlainHttpServer;
import io.kvorum.kubelet.NodeAgent;
import io.kvorum.kubelet.NodeAgentConfig;
import io.kvorum.kubelet.NodePaths;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** A node agent with an API of its own, for a test host: arguments are the host's address and a key file. */
public final class LabAgent {
    static final int API_PORT = 8080;

    private LabAgent() {}

    static NodeAgentConfig config(String address, Path keys) throws Exception {
        return new NodeAgentConfig(
                new NodeAgentConfig.Identity(
                        "h1", address, "v1.36.0+k3s1", new TreeMap<>(), List.of(), List.of("control-plane")),
                NodePaths.under(Path.of("/var/lib/rancher/k3s")),
                new NodeAgentConfig.Network(
                        "10.43.0.10", "cluster.local", "10.42.0.0/16", "10.43.0.0/16", "/etc/resolv.conf"),
                new NodeAgentConfig.Images("registry.local/pause:1", Duration.ofMinutes(2)),
                NodeAgentConfig.Limits.usual(),
                new NodeAgentConfig.Door(address, 10250, 10248, LabKeys.keys(keys), LabKeys.trust(keys)));
    }

    public static void main(String[] arguments) throws Exception {
        String address = arguments[0];
        FakeApi api = new FakeApi();
        PlainHttpServer door =
                new PlainHttpServer(HttpConfig.listeningOn(new InetSocketAddress(address, API_PORT)), api);
        door.start();
        NodeAgent agent = new NodeAgent(
                config(address, Path.of(arguments[1])), Clients.inProcess(api, List.of()), InstantSource.system());
        agent.start();
        CountDownLatch stopping = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            agent.close();
            stopping.countDown();
        }));
        stopping.await();
    }
}
