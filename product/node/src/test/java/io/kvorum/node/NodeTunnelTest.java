package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.agent.balancer.ServerAddress;
import io.kvorum.agent.tunnel.ServerTunnels;
import io.kvorum.http.HttpConfig;
import io.kvorum.http.HttpsServer;
import io.kvorum.http.Tls;
import io.kvorum.http.Tls.ClientCertificates;
import io.kvorum.pki.Identity;
import io.kvorum.pki.LeafProfile;
import io.kvorum.pki.PinnedServerTrust;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.pki.Trust;
import io.kvorum.supervisor.ClusterApi;
import io.kvorum.supervisor.ClusterSettings;
import io.kvorum.supervisor.JoinTokens;
import io.kvorum.supervisor.NodeTunnels;
import io.kvorum.supervisor.StoreMembers;
import io.kvorum.supervisor.Supervisor;
import io.kvorum.supervisor.SupervisorParts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server's supervisor and an agent's end of the tunnel, by TLS on loopback. */
@Timeout(60)
class NodeTunnelTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final NodeTunnels ofServer = new NodeTunnels(new Random(1));
    private ServerCertificates certificates;
    private HttpsServer door;
    private ServerSocket kubelet;

    @BeforeEach
    void start() throws IOException {
        certificates = ServerCertificates.open(folder.resolve("tls"), InstantSource.system());
        var keys = new ReloadableKeyManager(certificates.apiServing(
                new ServerCertificates.Names("h1", List.of("kubernetes.default"), List.of(), "kvorum://member/1")));
        door = new HttpsServer(
                HttpConfig.listeningOn(new InetSocketAddress("127.0.0.1", 0)),
                new Tls(keys, Trust.in(certificates.clientAuthorities()), ClientCertificates.WANTED),
                supervisor());
        door.start();
        kubelet = new ServerSocket();
        kubelet.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().start(this::answerAsKubelet);
    }

    @AfterEach
    void stop() throws IOException {
        ofServer.close();
        door.close();
        kubelet.close();
    }

    private Supervisor supervisor() {
        return new Supervisor(
                new SupervisorParts(
                        folder,
                        certificates,
                        new JoinTokens(() -> "secret", () -> "agents"),
                        new ClusterApi(Supervisor.withoutApi(), certificates.supervisor()),
                        new ClusterSettings(
                                "10.42.0.0/16",
                                "10.43.0.0/16",
                                "10.43.0.10",
                                "cluster.local",
                                "vxlan",
                                new TreeMap<>()),
                        new NoMembers(),
                        () -> true,
                        host -> {},
                        ofServer,
                        Map.of()),
                Supervisor.withoutApi(),
                InstantSource.system());
    }

    private static final class NoMembers implements StoreMembers {
        @Override
        public String clusterId() {
            return "00000000000000aa";
        }

        @Override
        public List<StoreMember> all() {
            return List.of();
        }

        @Override
        public List<StoreMember> join(String nodeName, StoreMember member) {
            throw new JoinRefused("nobody joins here", true);
        }
    }

    private void answerAsKubelet() {
        while (!kubelet.isClosed()) {
            try (Socket caller = kubelet.accept()) {
                caller.getInputStream().readNBytes(5);
                caller.getOutputStream().write("a log".getBytes(StandardCharsets.UTF_8));
            } catch (IOException ended) {
                // the test is over
            }
        }
    }

    private ServerTunnels agent(Identity identity) {
        var agent = new ServerTunnels(
                Trust.clientContext(
                        new PinnedServerTrust(certificates.serverAuthorities()), new ReloadableKeyManager(identity)),
                (InetSocketAddress) kubelet.getLocalSocketAddress(),
                new Random(2));
        agent.servers(List.of(
                new ServerAddress("127.0.0.1", door.addresses().getFirst().getPort())));
        return agent;
    }

    private Identity node(String name) {
        return certificates.clientCa().issue(LeafProfile.client("system:node:" + name, "system:nodes"));
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    private String askThroughDoor(String node) throws IOException {
        try (Socket caller = new Socket()) {
            caller.connect(
                    new InetSocketAddress("127.0.0.1", ofServer.door(node).orElseThrow()));
            caller.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            return new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aServerReachesTheKubeletOfANodeThatOpenedItsTunnel() throws IOException {
        assertThat(ofServer.door("n1")).isEmpty();

        try (ServerTunnels agent = agent(node("n1"))) {
            assertThat(agent).isNotNull();
            await(() -> ofServer.door("n1").isPresent());

            for (int time = 0; time < 20; time++) {
                assertThat(askThroughDoor("n1")).isEqualTo("a log");
            }
            assertThat(ofServer.door("n2")).isEmpty();
        }

        await(() -> ofServer.door("n1").isEmpty());
    }

    @Test
    void aTunnelThatEndedIsOpenedAgain() throws IOException {
        try (ServerTunnels agent = agent(node("n1"))) {
            await(() -> ofServer.door("n1").isPresent());
            int before = ofServer.door("n1").orElseThrow();

            agent.servers(List.of(new ServerAddress("127.0.0.1", 1)));
            await(() -> ofServer.door("n1").isEmpty());
            agent.servers(List.of(
                    new ServerAddress("127.0.0.1", door.addresses().getFirst().getPort())));

            await(() -> ofServer.door("n1").isPresent());
            assertThat(askThroughDoor("n1")).isEqualTo("a log");
            assertThat(before).isPositive();
        }
    }

    @Test
    void whoIsNoNodeOpensNoTunnel() throws Exception {
        Identity admin = certificates.clientCa().issue(LeafProfile.client("admin", "system:masters"));
        try (Socket socket = Trust.clientContext(
                        new PinnedServerTrust(certificates.serverAuthorities()), new ReloadableKeyManager(admin))
                .getSocketFactory()
                .createSocket("127.0.0.1", door.addresses().getFirst().getPort())) {
            socket.getOutputStream().write("""
                            GET /v1-k3s/connect HTTP/1.1\r
                            Host: h1\r
                            Connection: close, Upgrade\r
                            Upgrade: websocket\r
                            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                            \r
                            """.getBytes(StandardCharsets.UTF_8));

            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
                    .isEqualTo("HTTP/1.1 403");
        }
    }
}
