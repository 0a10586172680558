package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three servers with the edge fail-over profile: what ran on a dead one soon runs elsewhere. */
@Tag("ha")
class EdgeFailOverTest {
    private static final List<String> HOSTS = List.of("h1", "h2", "h3");
    private static final Duration BAR = Duration.ofSeconds(30);
    private static final Duration SOON = Duration.ofSeconds(90);

    private static Lab lab;
    private static ServerCluster cluster;

    @BeforeAll
    static void start() {
        lab = Lab.up("ha", "10.94.0", 3);
        cluster = new ServerCluster(lab);
        cluster.start("h1", List.of("--cluster-init", "--edge-failover"));
        cluster.awaitReady("h1");
        for (String host : List.of("h2", "h3")) {
            cluster.start(
                    host,
                    List.of(
                            "--server",
                            "https://" + lab.address("h1") + ":6443",
                            "--token",
                            cluster.token("h1"),
                            "--edge-failover"));
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

    @Test
    void aDeploymentsPodsRunElsewhereWithinHalfAMinuteOfAPowerCut() {
        assertThat(cluster.log("h1")).contains("replacementsRunWithin");
        cluster.kubectl("h1", "create", "deployment", "shop", "--image=nginx", "--replicas=3");
        Await.until("three pods", SOON, () -> available("h1").equals("3"));
        String leader = cluster.leader(HOSTS);
        String survivor =
                HOSTS.stream().filter(host -> !host.equals(leader)).findFirst().orElseThrow();
        assertThat(podsOn(survivor, leader)).isPositive();

        lab.powerOff(leader);

        long begun = System.nanoTime();
        Await.until("three pods on the survivors", SOON, () -> runningElsewhere(survivor, leader) == 3);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        System.out.println("a Deployment's pods ran elsewhere " + took + " after the leader lost power");
        assertThat(took).isLessThan(BAR);
    }

    private static String available(String by) {
        return cluster.tryKubectl(by, "get", "deployment", "shop", "-o", "jsonpath={.status.availableReplicas}")
                .out();
    }

    private static long podsOn(String by, String node) {
        return pods(by).lines().filter(line -> line.startsWith(node + " ")).count();
    }

    private static long runningElsewhere(String by, String dead) {
        return pods(by).lines()
                .filter(line -> !line.startsWith(dead + " ") && line.endsWith(" True"))
                .count();
    }

    private static String pods(String by) {
        return cluster.tryKubectl(
                        by,
                        "get",
                        "pods",
                        "-l",
                        "app=shop",
                        "-o",
                        "jsonpath={range .items[*]}{.spec.nodeName}{\" \"}{.status.conditions[?(@.type==\"Ready\")].status}{\"\\n\"}{end}")
                .out();
    }
}
