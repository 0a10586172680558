package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
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
        cluster.form(HOSTS);
    }

    private static long sinceMillis(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun).toMillis();
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
    @Tag("ha")
    @Order(3)
    void withoutAQuorumTheSurvivorReadsRefusesWritesAtOnceAndGoesOnUntilItHasOneAgain() {
        cluster.kubectl("h1", "create", "configmap", "before-the-loss");
        String onSurvivor = "{\"spec\":{\"nodeName\":\"h1\"}}";
        cluster.kubectl("h1", "run", "shop", "--image=nginx", "--overrides", onSurvivor);
        Await.until(
                "a pod on the survivor",
                SOON,
                () -> shop("{.status.conditions[?(@.type==\"Ready\")].status}").equals("True"));
        String uid = shop("{.metadata.uid}");
        Await.until("the survivor's copy", SOON, () -> has("h1", "before-the-loss"));
        lab.powerOff("h2");
        lab.powerOff("h3");
        Await.until("a server that knows that it is alone", SOON, () -> !isReady("h1", "/readyz"));

        Shell.Outcome read = cluster.tryKubectl("h1", "get", "configmap", "before-the-loss");
        assertThat(read.expectSuccess()).contains("before-the-loss");
        assertThat(read.err()).contains("Warning:");
        long begun = System.nanoTime();
        Shell.Outcome write = cluster.tryKubectl("h1", "create", "configmap", "refused");
        assertThat(write.exitCode()).isNotZero();
        System.out.println("refusal of a write without quorum after " + sinceMillis(begun) + " ms: " + write.err());
        assertThat(sinceMillis(begun)).isLessThan(5_000);
        assertThat(write.err()).contains("no quorum of members since");
        assertThat(isReady("h1", "/livez")).isTrue();
        assertThat(isReady("h1", "/readyz?mode=read")).isTrue();

        assertThat(cluster.kubectl("h1", "describe", "pod", "shop")).contains("nginx");
        assertThat(cluster.tryKubectl("h1", "logs", "shop").exitCode()).isZero();
        assertThat(cluster.kubectl("h1", "exec", "shop", "--", "echo", "still here"))
                .contains("still here");
        // its process ends: it starts again in place, though nobody can be told
        cluster.tryKubectl("h1", "exec", "shop", "--", "sh", "-c", "touch /tmp/before; kill 1");
        Await.until(
                "the pod's next life",
                SOON,
                () -> cluster.tryKubectl("h1", "exec", "shop", "--", "sh", "-c", "test ! -e /tmp/before")
                                .exitCode()
                        == 0);

        // site power was cut as well, and it is the first one back
        lab.powerOff("h1");
        lab.powerOn("h1");
        cluster.startAgain("h1");
        Await.until(
                "reads by a server that started alone",
                SOON,
                () -> has("h1", "before-the-loss"),
                () -> cluster.log("h1"));
        assertThat(cluster.isRunning("h1")).isTrue();

        begun = System.nanoTime();
        lab.powerOn("h2");
        cluster.startAgain("h2");
        Await.until("writes", SOON, () -> canWrite("h1", "before-the-loss"), () -> cluster.log("h1"));
        System.out.println("start of a second server to writes: " + sinceMillis(begun) + " ms");
        lab.powerOn("h3");
        cluster.startAgain("h3");
        HOSTS.forEach(cluster::awaitReady);
        assertThat(cluster.etcdctl("h1", "member", "list").lines()).hasSize(3);
        assertThat(shop("{.metadata.uid} {.metadata.deletionTimestamp}").strip())
                .as("nobody was evicted")
                .isEqualTo(uid);
    }

    private static String shop(String field) {
        return cluster.tryKubectl("h1", "get", "pod", "shop", "-o", "jsonpath=" + field)
                .out();
    }

    private static boolean isReady(String host, String path) {
        return cluster.tryKubectl(host, "get", "--raw", path).exitCode() == 0;
    }

    private static boolean has(String host, String configMap) {
        return cluster.tryKubectl(host, "get", "configmap", configMap).exitCode() == 0;
    }

    private static boolean canWrite(String host, String configMap) {
        return cluster.tryKubectl(host, "label", "configmap", configMap, "written=yes", "--overwrite")
                        .exitCode()
                == 0;
    }

    @Test
    @Order(4)
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
    @Order(5)
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
