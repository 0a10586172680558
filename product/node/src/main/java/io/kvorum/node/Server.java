package io.kvorum.node;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvorum.apiserver.ApiServer;
import io.kvorum.apiserver.proxy.KubeletDetour;
import io.kvorum.client.Clients;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.ObjectApi;
import io.kvorum.controllers.ControllersConfig;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.http.BindFailed;
import io.kvorum.http.Endpoint;
import io.kvorum.http.HttpConfig;
import io.kvorum.http.HttpsServer;
import io.kvorum.http.Tls;
import io.kvorum.http.Tls.ClientCertificates;
import io.kvorum.kubelet.NodeAgent;
import io.kvorum.kubelet.NodeRuntime;
import io.kvorum.network.dns.DnsService;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.secrets.SecretsEncryption;
import io.kvorum.node.snapshots.SnapshotEndpoint;
import io.kvorum.node.snapshots.SnapshotMetrics;
import io.kvorum.node.snapshots.SnapshotObservers;
import io.kvorum.node.snapshots.SnapshotRecords;
import io.kvorum.node.snapshots.SnapshotService;
import io.kvorum.pki.CertificateReport;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.pki.ServerToken;
import io.kvorum.pki.Trust;
import io.kvorum.registry.Registry;
import io.kvorum.scheduler.SchedulerConfig;
import io.kvorum.supervisor.BootstrapFiles;
import io.kvorum.supervisor.ClusterApi;
import io.kvorum.supervisor.NodePasswords;
import io.kvorum.supervisor.NodeTunnels;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server: the composition root. It reads as the start order; {@link #close} goes the same way back. Started and
 * stopped by one thread.
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);
    private static final Duration AGENT_LIMIT = Duration.ofMinutes(2);
    private static final Path NODE_PASSWORD = Path.of("/etc/rancher/node/password");
    private static final Duration STORE_CHECK = Duration.ofMillis(250);
    private static final Duration LEADER_LIMIT = Duration.ofSeconds(10);
    /** Requests under way may take this long to end when the server stops. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private final ServerConfig config;
    private final InstantSource clock = InstantSource.system();
    private final long begun = System.nanoTime();
    /** What was started, the last first, with the name it is stopped under. */
    private final Deque<Part> parts = new ArrayDeque<>();

    private @Nullable EmbeddedStore store;

    private record Part(String name, AutoCloseable closing) {}

    private Server(ServerConfig config) {
        this.config = config;
    }

    /**
     * Starts everything and returns when the node is ready to run pods.
     *
     * @throws StartFailure when something stands in the way; nothing is left running then
     */
    public static Server start(ServerConfig config) {
        var server = new Server(config);
        try {
            server.startParts();
            return server;
        } catch (BindFailed e) {
            server.close();
            throw new StartFailure(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            server.close();
            Thread.currentThread().interrupt();
            throw new StartFailure("interrupted while starting", e);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void startParts() throws InterruptedException {
        started("data folder lock", DataFolderLock.take(config.dataDir()));
        var folders = new StoreFolders(config.serverFolder(), config.agentFolder());
        folders.finish(clock.instant());
        StagedAuthorities.takeOver(config.serverFolder(), config.agentFolder(), clock.instant());
        ServerPorts.refuseTaken(config.listener());
        StoreOrigin origin = StoreOrigin.of(config);
        ClusterMemory.refuseSecondCluster(config, origin);
        @Nullable
        NodeRuntime runtime = config.runsAgent()
                ? started("container runtime", AgentStart.startRuntime(config.dataDir(), config.node()))
                : null;
        @Nullable
        ServerJoin join =
                origin == StoreOrigin.CLUSTER ? started("way into the cluster", ServerJoin.prepare(config)) : null;
        var certificates = ServerCertificates.open(config.serverFolder().resolve("tls"), clock);
        ServerToken token =
                JoinToken.ensure(config.serverFolder(), config.admission().token(), certificates.serverCaPem());
        JoinToken.showForAgents(config.serverFolder(), config.admission().agentToken(), token);
        SecretsEncryption.OnDisk secretsKeys = SecretsEncryption.read(
                config.serverFolder(), config.cluster().secretsEncryption(), origin == StoreOrigin.NOTHING);
        Path storeFolder = StoreOrigin.storeFolder(config);
        StoreMember onDisk =
                StoreMember.ensure(storeFolder, config.node().name(), join == null ? null : join.clusterId());
        ServerCertificates.Names names = ServingNames.of(config, onDisk);
        say("keys and certificates are there");

        StoreStart.Opened opened = StoreStart.open(config, certificates, names, onDisk, origin, clock);
        // a reset that was cut off may have reached the log alone
        StoreMember member = onDisk.movedTo(opened.log().clusterId(), storeFolder);
        EmbeddedStore store = started("store", opened.store());
        this.store = store;
        started("search for members", StoreStart.search(config, member, opened.log()));
        if (join != null) {
            join.takeIn(config, member);
        }
        awaitLeader(store);
        started("etcd's API", EtcdStart.start(config, certificates, names, member, store));
        say("the store is open");
        var rotation =
                new TokenRotation(config.serverFolder(), store, () -> ClusterMemory.otherServers(store, member), token);
        SecretsEncryption secrets = started(
                "encryption of Secrets",
                SecretsEncryption.start(
                        secretsKeys,
                        store,
                        rotation::password,
                        member.id().toString(),
                        config.node().name(),
                        clock));

        @Nullable NodeTunnels tunnels = config.cluster().isTunnelled() ? new NodeTunnels(new SecureRandom()) : null;
        var api = new ApiStart(
                config, certificates, tunnels == null ? KubeletDetour.none() : tunnels::door, secrets.seal(), clock);
        ApiServer apiServer = startApi(api, store);
        var serving =
                new ServingCertificate(certificates, names, config.listener().isStrictAboutNames());
        var cluster = new ClusterApi(apiServer, certificates.supervisor());
        SnapshotRecords snapshotRecords = started(
                "objects of snapshots", SnapshotStart.records(config.node().name(), cluster));
        var snapshotObservers = new SnapshotObservers(List.of(new SnapshotMetrics(api.metrics()), snapshotRecords));
        SnapshotService snapshots = started(
                "snapshots", SnapshotStart.service(config, rotation::password, store, cluster, snapshotObservers));
        var authorities = new AuthorityRotation(config.serverFolder(), store, rotation::password, clock);
        Map<String, Endpoint> forServers = new TreeMap<>(secrets.endpoints());
        forServers.put(
                SnapshotEndpoint.PATH,
                new SnapshotEndpoint(snapshots, config.node().name()));
        forServers.put("/v1-k3s/token", rotation);
        forServers.put(AuthorityRotation.PATH, authorities);
        Endpoint supervisor = SupervisorStart.of(
                config,
                certificates,
                rotation::password,
                member,
                store,
                apiServer,
                started("names of the API", new SharedNames(store, serving)),
                tunnels,
                forServers,
                clock);
        started("HTTPS door", door(certificates, serving, supervisor));
        if (tunnels != null) {
            started("nodes' tunnels", tunnels);
        }
        started(
                "bootstrap data",
                new BootstrapInStore(store, new BootstrapFiles(config.serverFolder()), rotation::password));
        started("other authorities", authorities).start();
        started("memory of the cluster", new ClusterMemory(config, store, member));
        writeKubeconfig(certificates);
        EventRecorder events = started(
                "events",
                new EventRecorder(
                        new ObjectApi(started(
                                "events' client", client(apiServer, certificates.live(certificates.supervisor())))),
                        "k3s-supervisor",
                        config.node().name(),
                        clock));
        started(
                        "certificates",
                        new CertificateKeeper(
                                certificates,
                                config.dataDir(),
                                clock,
                                api.metrics(),
                                certificateListener(certificates, events)))
                .start();
        say("the API answers");
        FailOverProfile.of(config.cluster().isEdgeFailOver()).announce();

        @Nullable NodeAgent agent = runtime == null ? null : startAgent(certificates, apiServer, member, runtime);
        if (!whileStoreServes(BOOTSTRAP_LIMIT, store, apiServer::awaitBootstrap)) {
            throw new StartFailure("the cluster's first objects could not be made within %d s; see the log above"
                    .formatted(BOOTSTRAP_LIMIT.toSeconds()));
        }
        Leading leading =
                started("controllers and scheduler", new Leading(leadingParts(certificates, apiServer, store, events)));
        store.onLeadership(leading::leadership);
        if (agent != null && !whileStoreServes(AGENT_LIMIT, store, agent::awaitRunningPods)) {
            LOG.atWarn().addKeyValue("waited", AGENT_LIMIT).log("the node agent does not run pods yet");
        }
        snapshotRecords.start(snapshots);
        started("manifests", ManifestStart.of(config, cluster, events)).start();
        folders.allowReset();
        say("the server is ready");
    }

    private interface Waiting {
        boolean isOver(Duration limit) throws InterruptedException;
    }

    /**
     * A server that was off when it was removed hears of it now.
     *
     * @return false when the time was too short
     * @throws StartFailure when there is nothing to wait for any more; the text says why
     */
    private boolean whileStoreServes(Duration limit, EmbeddedStore store, Waiting waiting) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!waiting.isOver(STORE_CHECK)) {
            StoreStart.refuseStopped(config, store);
            if (System.nanoTime() > end) {
                return false;
            }
        }
        return true;
    }

    private CertificateKeeper.Listener certificateListener(ServerCertificates certificates, EventRecorder events) {
        var warning = new CertificateWarning(
                message -> events.record(thisNode(), EventRecorder.WARNING, CertificateWarning.REASON, message), clock);
        return new CertificateKeeper.Listener() {
            @Override
            public void adminRenewed() {
                writeKubeconfig(certificates);
            }

            @Override
            public void seen(List<CertificateReport.Line> lines) {
                warning.look(lines);
            }
        };
    }

    /** By its name as its uid, as the kubelet has it: kubectl looks for a Node's Events by that. */
    private ObjectReference thisNode() {
        String name = config.node().name();
        return new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(name)
                .withUid(name)
                .build();
    }

    private void writeKubeconfig(ServerCertificates certificates) {
        AdminKubeconfigFile.write(
                config.kubeconfig(),
                certificates.serverCaPem(),
                certificates.admin(),
                config.listener().port());
    }

    /** The others may be off still: then what is here is read, until they are back. */
    private void awaitLeader(EmbeddedStore store) throws InterruptedException {
        if (StoreStart.awaitLeader(store, LEADER_LIMIT)) {
            StoreOrigin.markVoted(config);
        } else {
            LOG.atWarn()
                    .addKeyValue("waited", LEADER_LIMIT)
                    .log("a majority of the servers is not running, so nothing can be written until they are");
        }
    }

    private ApiServer startApi(ApiStart api, EmbeddedStore store) {
        Registry registry = started("registry", api.registry(store));
        ApiServerLeases servers = started(
                "API server's lease",
                new ApiServerLeases(store, config.listener().advertiseAddress(), new SecureRandom()));
        return started(
                "API server",
                api.apiServer(registry, store, servers::addresses, () -> ClusterMemory.storeAddresses(store)));
    }

    /** Until the first objects are there, a cluster's very first node is refused, and asks again. */
    private NodeAgent startAgent(
            ServerCertificates certificates, ApiServer apiServer, StoreMember member, NodeRuntime runtime)
            throws InterruptedException {
        Path folder = config.agentFolder();
        String name = config.node().name();
        var clients = new AgentStart.Clients(
                started(
                        "node agent's client",
                        client(apiServer, certificates.live(certificates.kubelet(name, folder)))),
                started(
                        "service proxy's client",
                        client(apiServer, certificates.live(certificates.kubeProxy(folder)))));
        KubernetesClient supervisor =
                started("supervisor's client", client(apiServer, certificates.live(certificates.supervisor())));
        started(
                "node roles",
                new NodeRoles(supervisor, name, member.name(), config.node().address()));
        started(
                "node password",
                new OwnNodePassword(
                        NODE_PASSWORD, new NodePasswords(new ClusterApi(apiServer, certificates.supervisor())), name));
        started("DNS service", new DnsService(supervisor, config.network().clusterDns()))
                .start();
        return started("node agent", AgentStart.start(config, certificates, clients, runtime, clock));
    }

    private Leading.Parts leadingParts(
            ServerCertificates certificates, ApiServer apiServer, EmbeddedStore store, EventRecorder events) {
        String host = config.node().name();
        ControllersConfig controllers = FailOverProfile.of(config.cluster().isEdgeFailOver())
                .applyTo(ControllersConfig.defaults(
                        certificates.serverCaPem(),
                        List.of(config.network().clusterCidr().toString()),
                        host));
        return new Leading.Parts(
                apiServer,
                certificates.live(certificates.supervisor()),
                certificates.live(certificates.controllerManager()),
                certificates.live(certificates.scheduler()),
                store,
                ControllerArguments.apply(controllers, config.controllerArguments()),
                SchedulerConfig.defaults(new SecureRandom(), host),
                message -> events.record(thisNode(), EventRecorder.WARNING, GhostWatch.REASON, message),
                clock);
    }

    private static KubernetesClient client(ApiServer apiServer, ReloadableKeyManager keys) {
        return Clients.inProcess(apiServer, () -> keys.identity().chain());
    }

    private HttpsServer door(ServerCertificates certificates, ServingCertificate serving, Endpoint endpoint) {
        var trust = Trust.in(certificates.clientAuthorities());
        var door = new HttpsServer(
                HttpConfig.listeningOn(ServerPorts.listen(config.listener())),
                new Tls(serving.keys(), trust, ClientCertificates.WANTED),
                endpoint);
        door.start();
        return door;
    }

    private <T extends AutoCloseable> T started(String name, T part) {
        parts.push(new Part(name, part));
        return part;
    }

    private void say(String what) {
        LOG.atInfo()
                .addKeyValue("afterMillis", (System.nanoTime() - begun) / 1_000_000)
                .log(what);
    }

    /**
     * Blocks until somebody asks this server to stop.
     *
     * @throws StartFailure when it cannot serve any more, such as after its removal from the cluster; the text says why
     */
    public void awaitStop(CountDownLatch asked) throws InterruptedException {
        EmbeddedStore served = Objects.requireNonNull(store);
        while (!asked.await(STORE_CHECK.toMillis(), TimeUnit.MILLISECONDS)) {
            StoreStart.refuseStopped(config, served);
        }
    }

    /**
     * Who knocks from now on goes to another server at once, as a load balancer's plain check does; who is in already is
     * served until the door's turn comes.
     */
    private void refuseNewCallers() {
        parts.stream()
                .map(Part::closing)
                .filter(HttpsServer.class::isInstance)
                .forEach(door -> ((HttpsServer) door).refuseNew());
    }

    @Override
    public void close() {
        refuseNewCallers();
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            long from = System.nanoTime();
            try {
                if (part.closing() instanceof HttpsServer door) {
                    door.stop(DRAIN);
                } else {
                    part.closing().close();
                }
                LOG.atDebug()
                        .addKeyValue("part", part.name())
                        .addKeyValue("millis", (System.nanoTime() - from) / 1_000_000)
                        .log("stopped");
            } catch (Exception e) {
                LOG.atWarn().addKeyValue("part", part.name()).setCause(e).log("did not stop cleanly");
            }
        }
    }
}
