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

/** Servers that find themselves at other addresses than before. */
@Tag("ha")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MovedSiteTest {
    private static final List<String> HOSTS = List.of("h1", "h2", "h3");
    private static final Duration SOON = Duration.ofSeconds(90);

    private static Lab lab;
    private static ServerCluster cluster;

    @BeforeAll
    static void start() {
        lab = Lab.up("ha", "10.94.0", 3);
        cluster = new ServerCluster(lab);
        cluster.form(HOSTS);
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

    private static void moveWhileOff(String host, int to) {
        String from = lab.address(host);
        lab.powerOn(host);
        lab.renumber(host, from, lab.subnet() + "." + to);
        cluster.startAgain(host);
    }

    @Test
    @Order(1)
    void oneServerComesBackAtAnotherAddress() {
        lab.powerOff("h3");

        moveWhileOff("h3", 33);

        Await.until(
                "the member at its new address",
                SOON,
                () -> cluster.voters("h1") == 3
                        && cluster.etcdctl("h1", "member", "list").contains(lab.subnet() + ".33:2380"),
                () -> cluster.log("h3"));
        Await.until("a Ready node h3", SOON, () -> internalAddress("h1", "h3").equals(lab.subnet() + ".33"));
    }

    private static String internalAddress(String by, String node) {
        return cluster.tryKubectl(
                        by,
                        "get",
                        "node",
                        node,
                        "-o",
                        "jsonpath={.status.addresses[?(@.type==\"InternalIP\")].address}")
                .out();
    }

    @Test
    @Order(2)
    void theWholeSiteComesBackAtOtherAddresses() {
        cluster.kubectl("h1", "create", "configmap", "moved");
        HOSTS.forEach(lab::powerOff);

        moveWhileOff("h1", 41);
        moveWhileOff("h2", 42);
        moveWhileOff("h3", 43);

        cluster.pointAt("h1", lab.subnet() + ".41");
        Await.until(
                "a write at the new addresses",
                SOON,
                () -> cluster.tryKubectl("h1", "label", "configmap", "moved", "here=yes", "--overwrite")
                                .exitCode()
                        == 0,
                () -> cluster.log("h1"));
        for (int host = 1; host <= 3; host++) {
            String address = lab.subnet() + ".4" + host;
            String name = "h" + host;
            Await.until(
                    "the new address of " + name,
                    SOON,
                    () -> internalAddress("h1", name).equals(address));
        }
        assertThat(cluster.voters("h1")).isEqualTo(3);
    }
}
