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

/** Three servers behind a load balancer that knows nothing but whether a port takes connections. */
@Tag("ha")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LoadBalancerTest {
    private static final List<String> HOSTS = List.of("h1", "h2", "h3");
    private static final Duration SOON = Duration.ofSeconds(60);

    private static Lab lab;
    private static ServerCluster cluster;
    private static LoadBalancer balancer;

    @BeforeAll
    static void start() {
        lab = Lab.up("ha", "10.94.0", 4);
        cluster = new ServerCluster(lab);
        cluster.begin("h1");
        cluster.awaitReady("h1");
        balancer = LoadBalancer.plain(lab, "h4", HOSTS);
        for (String host : List.of("h2", "h3")) {
            cluster.start(
                    host,
                    List.of("--server", "https://" + balancer.address() + ":6443", "--token", cluster.token("h1")));
            cluster.awaitReady(host);
        }
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

    private static void awaitAllGreen() {
        Await.until("six green back ends", SOON, balancer::isAllGreen, () -> balancer.standings() + balancer.log());
    }

    @Test
    @Order(1)
    void serversJoinThroughItAndAllBackEndsAreGreen() {
        awaitAllGreen();

        cluster.pointAt("h1", balancer.address());
        for (int n = 0; n < 6; n++) {
            assertThat(cluster.kubectl("h1", "get", "nodes", "-o", "name")).isEqualTo("node/h1\nnode/h2\nnode/h3\n");
        }
    }

    @Test
    @Order(2)
    void whoeverAServerLetsInCanReadWhileItStopsAndStarts() {
        try (var door = new DoorWatch(Witness.tls(cluster.kubeconfig("h2")), lab.address("h2"))) {
            Await.until("answers", SOON, () -> door.served() > 3);

            cluster.stop("h2");
            int before = door.refused();
            Await.until("refusals", SOON, () -> door.refused() > before + 3);
            Await.until("a red back end", SOON, () -> balancer.standings().contains("k3s_servers/server2=DOWN"));
            int served = door.served();
            cluster.startAgain("h2");
            Await.until("answers of the new process", SOON, () -> door.served() > served + 20, () -> cluster.log("h2"));

            assertThat(door.letDown()).isEmpty();
        }
        cluster.awaitReady("h2");
        awaitAllGreen();
    }

    @Test
    @Order(3)
    void whoeverAServerWithoutQuorumLetsInCanRead() {
        try (var door = new DoorWatch(Witness.tls(cluster.kubeconfig("h1")), lab.address("h1"))) {
            lab.powerOff("h2");
            lab.powerOff("h3");
            int served = door.served();
            Await.until("answers without a quorum", SOON, () -> door.served() > served + 50);

            cluster.stop("h1");
            cluster.startAgain("h1");
            int before = door.served();
            Await.until("answers of a lone start", SOON, () -> door.served() > before + 20, () -> cluster.log("h1"));

            assertThat(door.letDown()).isEmpty();
        }
        cluster.powerOn("h2");
        cluster.powerOn("h3");
        HOSTS.forEach(cluster::awaitReady);
        awaitAllGreen();
    }

    @Test
    @Order(4)
    void kubectlGoesOnThroughItWhenAServerLosesPower() {
        cluster.pointAt("h1", balancer.address());
        lab.powerOff("h2");
        long begun = System.nanoTime();

        long lastFailure = begun;
        for (int successes = 0; successes < 12; ) {
            boolean isAnswered = cluster.tryKubectl("h1", "get", "nodes").exitCode() == 0;
            successes = isAnswered ? successes + 1 : 0;
            lastFailure = isAnswered ? lastFailure : System.nanoTime();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
        }

        System.out.println("kubectl through haproxy failed for the last time %d ms after a server lost power"
                .formatted(Duration.ofNanos(lastFailure - begun).toMillis()));
        cluster.powerOn("h2");
        cluster.awaitReady("h2");
        awaitAllGreen();
    }

    @Test
    @Order(5)
    void aRemovedServerLetsNobodyIn() {
        cluster.pointAt("h1", lab.address("h1"));
        try (var door = new DoorWatch(Witness.tls(cluster.kubeconfig("h3")), lab.address("h3"))) {
            Await.until("answers", SOON, () -> door.served() > 3);

            cluster.kubectl("h1", "delete", "node", "h3", "--timeout=30s", "--request-timeout=60s");
            Await.until("the end of the removed server", SOON, () -> !cluster.isRunning("h3"), () -> cluster.log("h3"));
            int before = door.refused();
            Await.until("refusals", SOON, () -> door.refused() > before + 3);

            assertThat(door.letDown()).isEmpty();
        }
        Await.until(
                "red back ends",
                SOON,
                () -> balancer.standings()
                        .containsAll(List.of("k3s_servers/server3=DOWN", "k3s_supervisor_backend/server3=DOWN")));
    }
}
