package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Three servers that are one cluster: formed, robbed of power, and made smaller. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ThreeServersTest {
    private static final List<String> HOSTS = List.of("h1", "h2", "h3");
    private static final Duration SOON = Duration.ofSeconds(60);

    private static Lab lab;
    private static ServerCluster cluster;

    @BeforeAll
    static void start() {
        lab = Lab.up("three", "10.93.0", 3);
        cluster = new ServerCluster(lab);
        cluster.begin("h1");
        cluster.awaitReady("h1");
        cluster.join("h2", "h1");
        cluster.join("h3", "h1");
        cluster.awaitReady("h2");
        cluster.awaitReady("h3");
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    @Order(1)
    void serversThatJoinAtTheSameTimeAllVoteAndServeTheSameCluster() {
        assertThat(cluster.etcdctl("h3", "member", "list").lines())
                .hasSize(3)
                .allMatch(line -> line.contains(", started, ") && line.endsWith(", false"));
        for (String host : HOSTS) {
            assertThat(cluster.kubectl(host, "get", "nodes", "-o", "name")).isEqualTo("node/h1\nnode/h2\nnode/h3\n");
            assertThat(cluster.kubectl(host, "get", "--raw", "/readyz")).isEqualTo("ok");
        }
        Await.until(
                "three addresses of the API",
                SOON,
                () -> cluster.kubectl(
                                "h2",
                                "get",
                                "endpoints",
                                "kubernetes",
                                "-n",
                                "default",
                                "-o",
                                "jsonpath={.subsets[*].addresses[*].ip}")
                        .equals("%s %s %s".formatted(lab.address("h1"), lab.address("h2"), lab.address("h3"))));
        assertThat(cluster.etcdctl("h2", "get", "/bootstrap/", "--prefix", "--keys-only"))
                .containsPattern("/bootstrap/[0-9a-f]{12}");
    }

    @Test
    @Order(2)
    void whenTheLeaderLosesPowerTheOthersGoOnAndNothingAcknowledgedIsLost() {
        String leader = cluster.leader(HOSTS);
        List<String> others =
                HOSTS.stream().filter(host -> !host.equals(leader)).toList();
        try (SteadyWriter writer = new SteadyWriter(cluster, others)) {
            Await.until("some writes", SOON, () -> writer.acknowledged() > 5);

            lab.powerOff(leader);

            long before = writer.acknowledged();
            Await.until("writes without the leader", SOON, () -> writer.acknowledged() > before + 10);
            System.out.println("longest gap between writes when the leader lost power: " + writer.longestGap());
            writer.stop();
            assertThat(Long.parseLong(cluster.kubectl(
                            others.getLast(), "get", "configmap", "steady", "-o", "jsonpath={.data.n}")))
                    .isGreaterThanOrEqualTo(writer.acknowledged());
        }
        lab.powerOn(leader);
        cluster.startAgain(leader);
        cluster.awaitReady(leader);
    }

    @Test
    @Order(3)
    void afterAPowerCutOfTheWholeSiteAnyTwoBringItBack() {
        cluster.kubectl("h1", "create", "configmap", "kept");
        HOSTS.forEach(lab::powerOff);

        for (String host : List.of("h3", "h2")) {
            lab.powerOn(host);
            cluster.startAgain(host);
        }

        Await.until(
                "a write without the first server",
                ServerCluster.START_LIMIT,
                () -> cluster.tryKubectl("h2", "label", "configmap", "kept", "back=yes", "--overwrite")
                                .exitCode()
                        == 0,
                () -> cluster.log("h2"));
        lab.powerOn("h1");
        cluster.startAgain("h1");
        cluster.awaitReady("h1");
        assertThat(cluster.etcdctl("h1", "member", "list").lines()).hasSize(3);
    }

    @Test
    @Order(4)
    void aServerLeavesWithItsNodeAndSaysWhyItServesNoMore() {
        cluster.kubectl("h1", "delete", "node", "h3", "--timeout=30s");

        Await.until(
                "two members",
                SOON,
                () -> cluster.etcdctl("h1", "member", "list").lines().count() == 2,
                () -> cluster.log("h1"));
        Await.until("the end of the removed server", SOON, () -> !cluster.isRunning("h3"), () -> cluster.log("h3"));
        assertThat(cluster.log("h3")).contains("this server was removed from its cluster");
        assertThat(cluster.kubectl("h2", "create", "configmap", "without-h3")).contains("created");
    }
}
