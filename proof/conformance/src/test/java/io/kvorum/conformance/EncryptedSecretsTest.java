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

/** Two servers whose store holds no Secret that its reader can read. */
@Tag("ha")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EncryptedSecretsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String PIN = "jsonpath={.data.pin}";
    private static final String ENCODED = "MTIzNA==";

    private static Lab lab;
    private static ServerCluster cluster;

    @BeforeAll
    static void start() {
        lab = Lab.up("sealed", "10.91.0", 2);
        cluster = new ServerCluster(lab);
        cluster.start("h1", List.of("--cluster-init", "--secrets-encryption", "--etcd-expose-metrics"));
        cluster.awaitReady("h1");
        cluster.kubectl("h1", "create", "secret", "generic", "bank", "--from-literal=pin=1234");
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
    void theStoreHoldsWhatKubernetesProvidersWrite() {
        String stored = cluster.etcdctl("h1", "get", "/registry/secrets/default/bank", "--print-value-only");

        assertThat(stored).startsWith("k8s:enc:aescbc:v1:aescbckey:").doesNotContain(ENCODED);
        assertThat(cluster.kubectl("h1", "get", "secret", "bank", "-o", PIN)).isEqualTo(ENCODED);
        assertThat(cluster.kvorum("h1", "secrets-encrypt", "status"))
                .contains("Encryption Status: Enabled", "AES-CBC", "aescbckey");
        assertThat(cluster.command("h1", "kvorum", "secrets-encrypt", "rotate-keys")
                        .expectFailure())
                .contains("not there in this version");
    }

    @Test
    @Order(2)
    void aServerThatJoinsHasTheKeyAndAFreshProcessToo() {
        cluster.start(
                "h2",
                List.of(
                        "--server",
                        "https://" + lab.address("h1") + ":6443",
                        "--token",
                        cluster.token("h1"),
                        "--secrets-encryption"));
        cluster.awaitReady("h2");

        assertThat(cluster.kubectl("h2", "get", "secret", "bank", "-o", PIN)).isEqualTo(ENCODED);
        cluster.kubectl("h2", "create", "secret", "generic", "till", "--from-literal=pin=1234");
        assertThat(cluster.etcdctl("h1", "get", "/registry/secrets/", "--prefix"))
                .contains("/registry/secrets/default/till")
                .doesNotContain(ENCODED);

        cluster.stop("h1");
        cluster.startAgain("h1");
        cluster.awaitReady("h1");
        assertThat(cluster.kubectl("h1", "get", "secret", "till", "-o", PIN)).isEqualTo(ENCODED);
    }

    @Test
    @Order(3)
    void theStoresMetricsAreReadFromElsewhereWhereTheyAreExposed() {
        assertThat(metrics("h1")).contains("etcd_server_has_leader");
        assertThat(metrics("h2")).isEmpty();
    }

    /** As the other host reads them. */
    private static String metrics(String host) {
        String reader = host.equals("h1") ? "h2" : "h1";
        return lab.exec(reader, SOON, "curl", "-s", "--max-time", "5", "http://" + lab.address(host) + ":2381/metrics")
                .out();
    }
}
