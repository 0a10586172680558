package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
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
                .contains("Encryption Status: Enabled", "All hashes match", "AES-CBC", "aescbckey");
        assertThat(cluster.command("h1", "kvorum", "secrets-encrypt", "rotate").expectFailure())
                .contains("incorrect stage: start found on node h1");
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

    @Test
    @Order(4)
    void keysAreRotatedWhileSecretsAreWritten() throws IOException, InterruptedException {
        String many = manySecrets(200).toString();
        Await.until(
                "many Secrets are there",
                SOON,
                () -> cluster.tryKubectl("h1", "apply", "-f", many).exitCode() == 0,
                () -> cluster.log("h1"));
        var isOver = new AtomicBoolean();
        List<String> acknowledged = new CopyOnWriteArrayList<>();
        Thread writer = Thread.ofVirtual().start(() -> {
            for (int i = 0; !isOver.get(); i++) {
                String name = "written-" + i;
                String host = i % 2 == 0 ? "h1" : "h2";
                boolean isCreated =
                        cluster.tryKubectl(host, "create", "secret", "generic", name, "--from-literal=pin=1234")
                                        .exitCode()
                                == 0;
                if (isCreated) {
                    acknowledged.add(name);
                }
            }
        });
        Await.until("a Secret is written", SOON, () -> !acknowledged.isEmpty(), () -> cluster.log("h2"));

        assertThat(change("h1", "rotate-keys")).isEqualTo("keys rotated, reencryption finished\n");
        int before = acknowledged.size();
        Await.until(
                "Secrets are written by the new key",
                SOON,
                () -> acknowledged.size() > before + 1,
                () -> cluster.log("h2"));
        isOver.set(true);
        writer.join(SOON);

        assertThat(names("h1")).containsAll(acknowledged).hasSizeGreaterThan(200);
        assertAllAreEncryptedAndRead("k8s:enc:aescbc:v1:aescbckey-20");
        assertThat(cluster.kvorum("h2", "secrets-encrypt", "status"))
                .contains("Current Rotation Stage: reencrypt_finished", "All hashes match", "aescbckey-20")
                .doesNotContain("aescbckey\n");
    }

    @Test
    @Order(5)
    void keysAreRotatedInThreeStepsWithARestartInBetween() {
        assertThat(cluster.kvorum("h1", "secrets-encrypt", "prepare")).isEqualTo("prepare completed successfully\n");
        cluster.stop("h2");
        cluster.startAgain("h2");
        cluster.awaitReady("h2");
        assertThat(cluster.kvorum("h2", "secrets-encrypt", "status"))
                .contains("Current Rotation Stage: prepare", "All hashes match");
        assertThat(cluster.kvorum("h1", "secrets-encrypt", "rotate")).isEqualTo("rotate completed successfully\n");
        assertThat(cluster.kvorum("h1", "secrets-encrypt", "reencrypt")).isEqualTo("reencryption started\n");
        Await.until(
                "everything is written anew",
                SOON,
                () -> cluster.kvorum("h2", "secrets-encrypt", "status").contains("reencrypt_finished"),
                () -> cluster.log("h1"));

        assertAllAreEncryptedAndRead("k8s:enc:aescbc:v1:aescbckey-20");
        assertThat(cluster.kvorum("h1", "secrets-encrypt", "status").lines().filter(line -> line.contains("AES-CBC")))
                .hasSize(1);
    }

    @Test
    @Order(6)
    void encryptionIsSwitchedOffAndOnAgain() {
        assertThat(change("h1", "disable")).isEqualTo("secrets-encryption disabled\n");
        assertThat(cluster.etcdctl("h1", "get", "/registry/secrets/", "--prefix"))
                .contains(ENCODED)
                .doesNotContain("k8s:enc:");
        assertThat(cluster.kvorum("h1", "secrets-encrypt", "reencrypt", "--force", "--skip"))
                .isEqualTo("reencryption started\n");
        assertThat(cluster.kvorum("h2", "secrets-encrypt", "status")).contains("Encryption Status: Disabled");

        assertThat(change("h2", "enable")).isEqualTo("secrets-encryption enabled\n");
        assertAllAreEncryptedAndRead("k8s:enc:aescbc:v1:aescbckey-20");

        cluster.stop("h1");
        cluster.startAgain("h1");
        cluster.awaitReady("h1");
        assertAllAreEncryptedAndRead("k8s:enc:aescbc:v1:aescbckey-20");
    }

    /** Typed again while servers look for a leader, after which it goes on where it ended. */
    private static String change(String host, String act) {
        String[] said = {""};
        Await.until(
                act,
                SOON,
                () -> {
                    Shell.Outcome outcome = cluster.command(host, "kvorum", "secrets-encrypt", act);
                    said[0] = outcome.out();
                    return outcome.exitCode() == 0;
                },
                () -> cluster.log(host));
        return said[0];
    }

    private static Path manySecrets(int count) throws IOException {
        Path file = Files.createTempFile("kvorum-secrets", ".yaml");
        file.toFile().deleteOnExit();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("{apiVersion: v1, kind: Secret, metadata: {name: many-%d}, data: {pin: %s}}\n---\n"
                    .formatted(i, ENCODED));
        }
        return Files.writeString(file, text);
    }

    private static List<String> names(String host) {
        return List.of(cluster.kubectl(host, "get", "secrets", "-o", "jsonpath={.items[*].metadata.name}")
                .split(" "));
    }

    private static void assertAllAreEncryptedAndRead(String prefix) {
        String stored = cluster.etcdctl("h1", "get", "/registry/secrets/", "--prefix", "--print-value-only");
        long keys = cluster.etcdctl("h1", "get", "/registry/secrets/", "--prefix", "--keys-only")
                .lines()
                .filter(line -> !line.isBlank())
                .count();
        assertThat(stored.split(prefix, -1)).hasSize(Math.toIntExact(keys) + 1);
        assertThat(stored).doesNotContain(":aescbckey:").doesNotContain(ENCODED);
        for (String host : List.of("h1", "h2")) {
            String pins = cluster.kubectl(host, "get", "secrets", "-o", "jsonpath={.items[*].data.pin}");
            assertThat(pins.split(" ")).hasSize(names(host).size()).containsOnly(ENCODED);
        }
    }

    /** As the other host reads them. */
    private static String metrics(String host) {
        String reader = host.equals("h1") ? "h2" : "h1";
        return lab.exec(reader, SOON, "curl", "-s", "--max-time", "5", "http://" + lab.address(host) + ":2381/metrics")
                .out();
    }
}
