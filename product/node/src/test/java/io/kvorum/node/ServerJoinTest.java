package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.http.HttpConfig;
import io.kvorum.http.HttpsServer;
import io.kvorum.http.Tls;
import io.kvorum.http.Tls.ClientCertificates;
import io.kvorum.node.config.ConfigurationFiles;
import io.kvorum.node.config.Machine;
import io.kvorum.node.config.OptionTable;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.config.ServerConfigReader;
import io.kvorum.node.config.Settings;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.pki.ServerToken;
import io.kvorum.pki.Trust;
import io.kvorum.supervisor.ClusterApi;
import io.kvorum.supervisor.ClusterSettings;
import io.kvorum.supervisor.JoinTokens;
import io.kvorum.supervisor.StoreMembers;
import io.kvorum.supervisor.Supervisor;
import io.kvorum.supervisor.SupervisorParts;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerJoinTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private static Path cluster;

    @TempDir
    private Path newcomer;

    private static ServerCertificates certificates;
    private static HttpsServer door;

    @BeforeAll
    static void serve() {
        certificates = ServerCertificates.open(cluster.resolve("tls"), CLOCK);
        // reached by 127.0.0.1, for which the certificate does not speak, as behind a load balancer
        var keys = new ReloadableKeyManager(certificates.apiServing(
                new ServerCertificates.Names("h1", List.of("kubernetes.default"), List.of(), "kvorum://member/1")));
        var tls = new Tls(keys, Trust.in(certificates.clientAuthorities()), ClientCertificates.WANTED);
        door = new HttpsServer(HttpConfig.listeningOn(new InetSocketAddress("127.0.0.1", 0)), tls, supervisor());
        door.start();
    }

    private static Supervisor supervisor() {
        ServerConfig config = config(cluster, "--cluster-cidr", "10.52.0.0/16");
        return new Supervisor(
                new SupervisorParts(
                        cluster,
                        certificates,
                        new JoinTokens(() -> "secret", () -> "agents"),
                        new ClusterApi(Supervisor.withoutApi(), certificates.supervisor()),
                        new ClusterSettings(
                                "10.52.0.0/16",
                                "10.43.0.0/16",
                                "10.43.0.10",
                                "cluster.local",
                                "vxlan",
                                config.cluster().critical()),
                        new NobodyJoins(),
                        () -> true,
                        host -> {},
                        null,
                        Map.of()),
                Supervisor.withoutApi(),
                CLOCK);
    }

    private static final class NobodyJoins implements StoreMembers {
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

    @AfterAll
    static void stop() {
        door.close();
    }

    @Test
    void theClustersKeysComeOntoTheNewcomersDisk() throws InterruptedException {
        try (ServerJoin join = prepare("secret", "--cluster-cidr", "10.52.0.0/16", "--agent-token", "agents")) {
            assertThat(join.clusterId()).isEqualTo(0xaa);
        }

        assertThat(newcomer.resolve("server/tls/server-ca.key"))
                .hasSameTextualContentAs(cluster.resolve("tls/server-ca.key"));
        assertThat(newcomer.resolve("server/token"))
                .hasContent(
                        new ServerToken(ServerToken.hash(certificates.serverCaPem()), "server", "secret").secureForm()
                                + "\n");
    }

    @Test
    void aCriticalSettingThatDiffersIsNamedWithBothValues() {
        assertThatThrownBy(() -> prepare("secret", "--cluster-cidr", "10.99.0.0/16"))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("--cluster-cidr is \"10.52.0.0/16\" in the cluster and \"10.99.0.0/16\" here");
        assertThat(newcomer.resolve("server/tls")).doesNotExist();
    }

    @Test
    void anotherAgentTokenIsNamedAndNotShown() {
        assertThatThrownBy(() -> prepare("secret", "--cluster-cidr", "10.52.0.0/16", "--agent-token", "others"))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("--agent-token in the cluster is not the one given here");
        assertThatThrownBy(() -> prepare("secret", "--cluster-cidr", "10.52.0.0/16"))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("--agent-token in the cluster is set, and none is given here");
        assertThat(newcomer.resolve("server/tls")).doesNotExist();
    }

    @Test
    void aTokenOfAnotherClusterIsFoundOutBeforeItIsShown() {
        assertThatThrownBy(() -> prepare("K10" + "ab".repeat(32) + "::server:secret"))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("of another cluster");
    }

    @Test
    void aWrongTokenAndAnAgentsAreRefusedAtOnce() {
        assertThatThrownBy(() -> prepare("wrong")).hasMessageContaining("not authorized");
        assertThatThrownBy(() -> prepare("agents")).hasMessageContaining("not authorized");
    }

    private ServerJoin prepare(String token, String... flags) throws InterruptedException {
        int port = door.addresses().getFirst().getPort();
        List<String> all = new ArrayList<>(List.of("--server", "https://127.0.0.1:" + port, "--token", token));
        all.addAll(List.of(flags));
        return ServerJoin.prepare(config(newcomer, all.toArray(String[]::new)));
    }

    private static ServerConfig config(Path folder, String... flags) {
        List<String> all = new ArrayList<>(List.of("--data-dir", folder.toString()));
        all.addAll(List.of(flags));
        return ServerConfigReader.read(
                Settings.merge(OptionTable.server(), all, Map.of(), new ConfigurationFiles(folder.resolve("none"))),
                new Machine("box", () -> "127.0.0.1", () -> "0123abcd"));
    }
}
