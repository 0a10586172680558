package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A cluster of one server grows to five and shrinks to three, while a client writes and reads all the time. */
@Tag("ha")
class GrowAndShrinkTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private static Lab lab;
    private static ServerCluster cluster;

    @BeforeAll
    static void start() {
        lab = Lab.up("ha", "10.94.0", 5);
        cluster = new ServerCluster(lab);
        cluster.begin("h1");
        cluster.awaitReady("h1");
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
    void oneServerBecomesThreeAndFiveAndThreeAgain() {
        try (var witness = new Witness(lab, "growth", cluster.kubeconfig("h1"), List.of("h1"))) {
            for (String host : List.of("h2", "h3")) {
                cluster.join(host, "h1");
                cluster.awaitReady(host);
            }
            witness.judge("one server became three");
            // at the same time, by different doors
            cluster.join("h4", "h2");
            cluster.join("h5", "h3");
            cluster.awaitReady("h4");
            cluster.awaitReady("h5");
            assertThat(cluster.voters("h5")).isEqualTo(5);
            witness.ask(List.of("h1", "h2", "h3", "h4", "h5"));
            witness.awaitWrites(20, SOON);
            witness.judge("three servers became five");

            witness.ask(List.of("h3", "h4", "h5"));
            cluster.kubectl("h4", "delete", "node", "h1", "--timeout=60s", "--request-timeout=60s");
            Await.until("the end of the first server", SOON, () -> !cluster.isRunning("h1"), () -> cluster.log("h1"));
            assertThat(cluster.log("h1")).contains("this server was removed from its cluster");
            String id = cluster.etcdctl("h4", "member", "list")
                    .lines()
                    .filter(line -> line.contains(", h2-"))
                    .map(line -> line.substring(0, line.indexOf(',')))
                    .findFirst()
                    .orElseThrow();
            cluster.etcdctl("h4", "member", "remove", id);
            Await.until("the end of the second server", SOON, () -> !cluster.isRunning("h2"), () -> cluster.log("h2"));
            cluster.kubectl("h4", "delete", "node", "h2", "--timeout=60s", "--request-timeout=60s");
            witness.awaitWrites(20, SOON);

            assertThat(cluster.voters("h5")).isEqualTo(3);
            assertThat(cluster.kubectl("h5", "get", "nodes", "-o", "name")).isEqualTo("node/h3\nnode/h4\nnode/h5\n");
            witness.judge("five servers became three");
        }
    }
}
