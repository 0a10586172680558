package io.kvorum.node;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvorum.agent.balancer.BalancerConfig;
import io.kvorum.agent.balancer.LoadBalancer;
import io.kvorum.agent.balancer.PingCheck;
import io.kvorum.agent.balancer.ServerAddress;
import io.kvorum.agent.join.CertificateRenewal;
import io.kvorum.agent.join.ClusterSettings;
import io.kvorum.agent.join.Enrolment;
import io.kvorum.agent.join.JoinRefused;
import io.kvorum.agent.join.JoiningNode;
import io.kvorum.agent.join.NodeCredentials;
import io.kvorum.agent.join.ServerAuthority;
import io.kvorum.agent.tunnel.ServerTunnels;
import io.kvorum.client.Clients;
import io.kvorum.client.TlsMaterial;
import io.kvorum.http.BindFailed;
import io.kvorum.kubelet.NodeAgent;
import io.kvorum.kubelet.NodeRuntime;
import io.kvorum.node.config.AgentConfig;
import io.kvorum.pki.PinnedServerTrust;
import io.kvorum.pki.PkiException;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.ServerToken;
import io.kvorum.pki.Trust;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node without a control plane: the composition root of {@code agent}. It reads as the start order;
 * {@link #close} goes the same way back. Started and stopped by one thread.
 */
public final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final Duration CHECK_DEADLINE = Duration.ofSeconds(1);
    private static final Duration RUNNING_LIMIT = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Path PASSWORD_FILE = Path.of("/etc/rancher/node/password");

    private final AgentConfig config;
    private final InstantSource clock = InstantSource.system();
    private final long begun = System.nanoTime();
    private final CountDownLatch asked;
    private final Parts parts = new Parts();

    private Agent(AgentConfig config, CountDownLatch asked) {
        this.config = config;
        this.asked = asked;
    }

    /**
     * Starts everything and returns when the node runs pods, or after a while when no server answers yet: the node goes on
     * trying then.
     *
     * @param asked somebody wants this node to stop; ends the waiting for servers too
     * @throws StartFailure when something stands in the way; nothing is left running then
     */
    public static Agent start(AgentConfig config, CountDownLatch asked) {
        var agent = new Agent(config, asked);
        try {
            agent.startParts();
            return agent;
        } catch (BindFailed | JoinRefused | UncheckedIOException e) {
            agent.close();
            throw new StartFailure(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            agent.close();
            Thread.currentThread().interrupt();
            throw new StartFailure("interrupted while starting", e);
        } catch (RuntimeException e) {
            agent.close();
            throw e;
        }
    }

    private void startParts() throws InterruptedException {
        parts.started("data folder lock", DataFolderLock.take(config.dataDir()));
        NodeRuntime runtime =
                parts.started("container runtime", AgentStart.startRuntime(config.dataDir(), config.node()));
        JoiningNode node = new JoiningNode(
                config.node().name(),
                List.of(config.node().address()),
                config.server(),
                config.agentFolder(),
                PASSWORD_FILE);
        ServerToken token = token();
        List<X509Certificate> authorities = new ServerAuthority(node, token, asked).find();
        say("the cluster's authority is known");

        @Nullable LoadBalancer balancer = config.isBalanced() ? balancer(node, authorities) : null;
        URI servers = balancer == null
                ? config.server()
                : URI.create("https://127.0.0.1:" + balancer.address().getPort());
        var enrolment = new Enrolment(node, token, authorities, servers, clock, asked);
        NodeCredentials credentials = enrolment.credentials();
        ClusterSettings settings = enrolment.settings(credentials);
        AgentKubeconfigs.write(config.agentFolder(), servers);
        say("this machine is a node");

        var clients = new AgentStart.Clients(
                parts.started("node agent's client", client(servers, credentials, credentials.kubelet())),
                parts.started("service proxy's client", client(servers, credentials, credentials.kubeProxy())));
        NodeAgent agent =
                parts.started("node agent", AgentStart.start(order(credentials, settings), clients, runtime, clock));
        @Nullable
        ServerTunnels tunnels = settings.isTunnelled() ? parts.started("tunnels", tunnels(credentials)) : null;
        if (tunnels != null) {
            tunnels.servers(List.of(ServerAddress.of(config.server())));
        }
        parts.started("list of servers", new ServerListFeed(clients.proxy(), list -> {
                    if (balancer != null) {
                        balancer.servers(list);
                    }
                    if (tunnels != null) {
                        tunnels.servers(list);
                    }
                }))
                .start();
        parts.started("certificate renewal", new CertificateRenewal(enrolment, credentials))
                .start();
        awaitReady(agent);
    }

    private void awaitReady(NodeAgent agent) throws InterruptedException {
        long end = System.nanoTime() + RUNNING_LIMIT.toNanos();
        while (asked.getCount() > 0 && System.nanoTime() < end) {
            if (agent.awaitRunningPods(LOOK)) {
                say("the node is ready");
                return;
            }
        }
        LOG.atWarn().addKeyValue("waited", RUNNING_LIMIT).log("the node does not run new pods yet");
    }

    private ServerToken token() {
        try {
            return ServerToken.parse(config.token().text());
        } catch (PkiException e) {
            throw new StartFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private LoadBalancer balancer(JoiningNode node, List<X509Certificate> authorities) {
        PingCheck check =
                parts.started("checks of servers", new PingCheck(new PinnedServerTrust(authorities), CHECK_DEADLINE));
        var listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), config.balancerPort());
        LoadBalancer balancer = parts.started(
                "load balancer",
                new LoadBalancer(
                        BalancerConfig.usual(
                                listen, node.serverList(), config.server().toString(), node.name()),
                        check));
        balancer.start();
        return balancer;
    }

    private ServerTunnels tunnels(NodeCredentials credentials) {
        return new ServerTunnels(
                Trust.clientContext(new PinnedServerTrust(credentials.serverAuthorities()), credentials.kubelet()),
                AgentStart.kubelet(config.node()),
                new SecureRandom());
    }

    private static KubernetesClient client(URI servers, NodeCredentials credentials, ReloadableKeyManager identity) {
        return Clients.overTls(
                servers, TlsMaterial.certificate(new PinnedServerTrust(credentials.serverAuthorities()), identity));
    }

    private AgentStart.Order order(NodeCredentials credentials, ClusterSettings settings) {
        return new AgentStart.Order(
                config.dataDir(),
                config.node(),
                AgentStart.network(
                        config.node(),
                        settings.clusterDns(),
                        settings.clusterDomain(),
                        settings.clusterCidr(),
                        settings.serviceCidr(),
                        settings.flannelBackend()),
                FailOverProfile.of(settings.isEdgeFailOver()),
                AgentStart.door(
                        config.node(), credentials.kubeletServing(), Trust.in(credentials.clientAuthorities())));
    }

    private void say(String what) {
        LOG.atInfo()
                .addKeyValue("afterMillis", (System.nanoTime() - begun) / 1_000_000)
                .log(what);
    }

    /** Blocks until somebody asks this node to stop. */
    public void awaitStop() throws InterruptedException {
        asked.await();
    }

    @Override
    public void close() {
        parts.close();
    }
}
