package io.kvorum.kubelet;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Scope;
import io.kvorum.cri.CriClient;
import io.kvorum.http.HttpConfig;
import io.kvorum.http.HttpsServer;
import io.kvorum.http.PlainHttpServer;
import io.kvorum.http.Tls;
import io.kvorum.kubelet.api.ApiObjects;
import io.kvorum.kubelet.api.ApiPodEvents;
import io.kvorum.kubelet.api.ApiPodStatusSink;
import io.kvorum.kubelet.containerd.ImageLists;
import io.kvorum.kubelet.image.ImagePulls;
import io.kvorum.kubelet.linux.Cgroups;
import io.kvorum.kubelet.linux.LinuxMounts;
import io.kvorum.kubelet.linux.MachineFacts;
import io.kvorum.kubelet.manifest.StaticPods;
import io.kvorum.kubelet.node.HealthCheck;
import io.kvorum.kubelet.node.NodePresence;
import io.kvorum.kubelet.pod.PodEnvironment;
import io.kvorum.kubelet.pod.PodWorkers;
import io.kvorum.kubelet.server.KubeletEndpoint;
import io.kvorum.kubelet.server.LogRotation;
import io.kvorum.kubelet.volume.PodVolumes;
import io.kvorum.network.BridgeNetwork;
import io.kvorum.network.dns.ClusterDns;
import io.kvorum.network.dns.DnsConfig;
import io.kvorum.network.overlay.NodeOverlay;
import io.kvorum.network.overlay.OverlayConfig;
import io.kvorum.network.proxy.ProxyConfig;
import io.kvorum.network.proxy.ServiceProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's part of the cluster: the Node object, the pod network and the pods. One owner starts and closes
 * it; closing leaves containers running, and the next start adopts them.
 */
public final class NodeAgent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);
    private static final Duration ARCHIVE_LOOK = Duration.ofSeconds(10);
    /** Leaves room for VXLAN on links of 1500. */
    private static final int USUAL_MTU_BYTES = 1450;

    private static final Duration MANIFEST_LOOK = Duration.ofSeconds(2);
    private static final Duration INFORMER_DEADLINE = Duration.ofSeconds(30);

    private final NodeAgentConfig config;
    private final KubernetesClient client;
    private final KubernetesClient proxyClient;
    private final NodeRuntime runtime;
    private final InstantSource clock;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch runningPods = new CountDownLatch(1);
    private volatile Supplier<List<Pod>> knownPods = List::of;
    /** What was started, last first. */
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    /**
     * @param client speaks as the node
     * @param proxyClient speaks as the service proxy, which may read what a node may not
     * @param runtime started, and closed later than this by whoever did so
     */
    public NodeAgent(
            NodeAgentConfig config,
            KubernetesClient client,
            KubernetesClient proxyClient,
            NodeRuntime runtime,
            InstantSource clock) {
        this.config = config;
        this.client = client;
        this.proxyClient = proxyClient;
        this.runtime = runtime;
        this.clock = clock;
    }

    /**
     * Waits for the runtime and starts all that needs the API in the background.
     *
     * @throws io.kvorum.kubelet.containerd.ContainerdUnavailable when this machine lacks what a node needs
     * @throws io.kvorum.http.BindFailed when a port is taken
     */
    public void start() throws InterruptedException {
        makeFolders();
        openDoors(runtime.cri());
        runtime.awaitUp();
        Thread.ofVirtual().name("node-agent").start(this::run);
    }

    private synchronized <T extends AutoCloseable> T started(T part) {
        parts.push(part);
        return part;
    }

    private void makeFolders() {
        try {
            Files.createDirectories(config.paths().pods());
            Files.createDirectories(config.paths().podLogs());
            Files.createDirectories(config.paths().containerLogs());
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException("the node's folders cannot be made", failure);
        }
    }

    private void run() {
        String hostName = hostName();
        CriClient cri = runtime.cri();
        ObjectApi api = new ObjectApi(client);
        HealthCheck health = new HealthCheck(config, cri, runtime::isUp, new MachineFacts());
        NodePresence presence =
                started(new NodePresence(config, api, hostName, health::now, health::runtimeVersion, clock));
        try {
            if (!presence.register() || !setUpNetwork(api)) {
                return;
            }
            runtime.awaitImages();
            runPods(api, cri, hostName);
            Thread.ofVirtual().name("image-lists").start(this::pullLists);
            NodeAgentConfig.Limits limits = config.limits();
            LogRotation rotation = new LogRotation(cri, limits.containerLogBytes(), limits.containerLogFiles(), clock);
            while (!closing.await(ARCHIVE_LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                runtime.archives().importNew();
                rotation.rotate();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            LOG.atError().setCause(failure).log("node agent failed");
        }
    }

    /** Apart, for a registry may be slow. */
    private void pullLists() {
        var lists = new ImageLists(
                config.paths().images(),
                image -> runtime.cri()
                        .pullImage(image, Optional.empty(), config.images().pullDeadline()));
        try {
            do {
                lists.pullNew();
            } while (!closing.await(ARCHIVE_LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the cluster has given this node its range of pod addresses. */
    private boolean setUpNetwork(ObjectApi api) throws InterruptedException {
        BridgeNetwork network =
                new BridgeNetwork(config.paths().cniConfig(), config.network().clusterCidr(), podMtuBytes());
        do {
            try {
                Optional<String> podCidr = api.find(
                                Node.class,
                                ObjectKey.ofCluster(config.identity().name()))
                        .flatMap(node -> Optional.ofNullable(node.getSpec()))
                        .flatMap(spec -> Optional.ofNullable(spec.getPodCIDR()));
                if (podCidr.isPresent()) {
                    network.setUp(podCidr.get());
                    return true;
                }
            } catch (RuntimeException failure) {
                LOG.atWarn().addKeyValue("why", failure.getMessage()).log("pod network cannot be set up yet");
            }
        } while (!closing.await(200, TimeUnit.MILLISECONDS));
        return false;
    }

    private void runPods(ObjectApi api, CriClient cri, String hostName) throws InterruptedException {
        Informers informers = started(new Informers(client));
        Informer<Service> services = informers.of(Service.class);
        Informers proxyInformers = started(new Informers(proxyClient));
        ServiceProxy proxy = started(new ServiceProxy(proxyInformers, proxyConfig()));
        ClusterDns dns = started(new ClusterDns(proxyInformers, dnsConfig(), clock, new SecureRandom()));
        Optional<NodeOverlay> overlay = overlayConfig().map(each -> new NodeOverlay(proxyInformers, api, each));
        overlay.ifPresent(this::started);
        if (!awaitFirstLists(informers) || !awaitFirstLists(proxyInformers)) {
            return;
        }
        overlay.ifPresent(NodeOverlay::start);
        dns.start();
        proxy.start();
        ApiObjects objects = new ApiObjects(api, services, clock);
        EventRecorder recorder =
                started(new EventRecorder(api, "kubelet", config.identity().name(), clock));
        MachineFacts machine = new MachineFacts();
        PodEnvironment environment = new PodEnvironment(
                config,
                cri,
                objects,
                new ImagePulls(cri, objects, config.images().pullDeadline(), clock),
                new PodVolumes(config.paths(), objects, new LinuxMounts(), clock),
                new Cgroups(),
                new ApiPodEvents(recorder),
                new PodEnvironment.Machine(hostName, machine.processors() * 1000L, machine.memoryBytes()),
                clock);
        StaticPods fixed = new StaticPods(
                config.paths().staticPods(), config.identity().name(), api, new ApiPodStatusSink(api), clock);
        PodWorkers workers = started(new PodWorkers(environment, fixed));
        fixed.runBy(new StaticPods.Runner(workers::desire, workers::vanish));
        Informer<Pod> pods = informers.of(
                Pod.class, Scope.field("spec.nodeName", config.identity().name()));
        pods.onChange((before, after) -> {
            if (after != null && !StaticPods.isMirror(after)) {
                workers.desire(after);
            } else if (after == null && before != null) {
                workers.vanish(before);
            }
        });
        if (!awaitFirstLists(informers)) {
            return;
        }
        knownPods = pods::all;
        fixed.look();
        workers.allKnown();
        workers.start();
        Thread.ofVirtual().name("static-pods").start(() -> keepStaticPods(fixed));
        runningPods.countDown();
        LOG.atInfo().addKeyValue("node", config.identity().name()).log("node agent runs pods");
    }

    private Optional<OverlayConfig> overlayConfig() {
        NodeAgentConfig.Network network = config.network();
        return network.overlay()
                .map(backend -> new OverlayConfig(
                        config.identity().name(), config.identity().address(), network.clusterCidr(), backend));
    }

    private int podMtuBytes() {
        try {
            return overlayConfig().map(OverlayConfig::podMtuBytes).orElse(USUAL_MTU_BYTES);
        } catch (RuntimeException unknown) {
            LOG.atWarn().addKeyValue("why", unknown.getMessage()).log("the largest packet of pods is a guess");
            return USUAL_MTU_BYTES;
        }
    }

    private DnsConfig dnsConfig() {
        NodeAgentConfig.Network network = config.network();
        return DnsConfig.usual(
                network.clusterDnsAddress(),
                network.clusterDomain(),
                List.of(network.clusterCidr(), network.serviceCidr()),
                Path.of(network.resolvConf()));
    }

    private ProxyConfig proxyConfig() {
        InetSocketAddress dns = dnsConfig().listen();
        return new ProxyConfig(
                config.identity().name(),
                config.identity().address(),
                config.network().clusterCidr(),
                Optional.of(new ProxyConfig.ClusterDns(
                        config.network().clusterDnsAddress(), dns.getHostString(), dns.getPort())));
    }

    private void keepStaticPods(StaticPods fixed) {
        try {
            do {
                try {
                    fixed.look();
                    fixed.mirror(knownPods.get());
                } catch (RuntimeException failure) {
                    LOG.atWarn().addKeyValue("why", failure.getMessage()).log("static pods cannot be mirrored yet");
                }
            } while (!closing.await(MANIFEST_LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Port 10250 for the API server, and 10248 on the loopback for whoever watches this process. */
    private void openDoors(CriClient cri) {
        NodeAgentConfig.Door door = config.door();
        KubernetesSerialization json = client.getKubernetesSerialization();
        KubeletEndpoint endpoint = new KubeletEndpoint(
                cri,
                config.identity().name(),
                () -> knownPods.get(),
                list -> json.asJson(new PodListBuilder().withItems(list).build()),
                clock);
        HttpsServer https = started(new HttpsServer(
                HttpConfig.listeningOn(new InetSocketAddress(door.bindAddress(), door.port())),
                new Tls(door.keys(), door.callers(), Tls.ClientCertificates.WANTED),
                endpoint));
        https.start();
        PlainHttpServer health = started(new PlainHttpServer(
                HttpConfig.listeningOn(new InetSocketAddress("127.0.0.1", door.healthPort())),
                exchange -> exchange.respond(200, "text/plain", "ok".getBytes(StandardCharsets.UTF_8))));
        health.start();
    }

    /** False when closed before. */
    private boolean awaitFirstLists(Informers informers) throws InterruptedException {
        while (!informers.start(INFORMER_DEADLINE)) {
            LOG.atWarn().log("services and pods cannot be listed yet");
            if (closing.getCount() == 0) {
                return false;
            }
        }
        return true;
    }

    /** Waits until pods are run; false when the time was too short. */
    public boolean awaitRunningPods(Duration time) throws InterruptedException {
        return runningPods.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException unknown) {
            return "localhost";
        }
    }

    @Override
    public void close() {
        closing.countDown();
        while (true) {
            AutoCloseable part;
            synchronized (this) {
                if (parts.isEmpty()) {
                    return;
                }
                part = parts.pop();
            }
            try {
                part.close();
            } catch (Exception failure) {
                LOG.atWarn().setCause(failure).log("a part of the node agent did not stop cleanly");
            }
        }
    }
}
