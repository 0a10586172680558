package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot of a real etcd that holds what K3s leaves in it becomes a cluster, and that one's a real etcd's again. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FromAndToK3sTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String NEW_PASSWORD = "another-password";
    private static final String SERVER = "/var/lib/rancher/k3s/server/";

    @TempDir
    private static Path folder;

    private static final Shell SHELL = new Shell().with("ETCDCTL_API", "3");

    private static Lab lab;
    private static ServerCluster cluster;
    private static K3sCluster k3s;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/etcd")) && Files.isExecutable(Path.of("/usr/bin/etcdctl")),
                "etcd and etcdctl of Debian are not installed (apt-get install etcd-server etcd-client)");
        lab = Lab.up("k3s", "10.77.66", 1);
        cluster = new ServerCluster(lab);
        k3s = new K3sCluster(Files.createDirectory(folder.resolve("k3s")));
        try (Etcd etcd = Etcd.start(folder.resolve("etcd"), folder.resolve("etcd.log"))) {
            etcd.put(
                    K3sCluster.bootstrapKey(K3sCluster.PASSWORD),
                    k3s.bootstrapData().getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, byte[]> each : K3sCluster.objects().entrySet()) {
                etcd.put(each.getKey(), each.getValue());
            }
            etcd.putUnderLease("/registry/masterleases/192.0.2.7", K3sCluster.apiServerLease("192.0.2.7"));
            etcd.run("snapshot", "save", folder.resolve("snapshot").toString());
        }
        Files.copy(
                folder.resolve("snapshot"),
                lab.path("h1", "/var/lib/rancher").resolve("etcd-snapshot-old-server-1770000000"),
                StandardCopyOption.REPLACE_EXISTING);
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
    void aSnapshotOfK3sAndItsTokenBecomeTheSameCluster() throws IOException {
        String path = "/var/lib/rancher/etcd-snapshot-old-server-1770000000";
        assertThat(command("etcd-snapshot", "verify", path, "--token", k3s.token())
                        .expectSuccess())
                .contains("is whole", "old-server")
                .containsPattern("token +fits");

        command("server", "--cluster-reset", "--cluster-reset-restore-path=" + path, "--token", k3s.token())
                .expectSuccess();
        cluster.start("h1", List.of());
        cluster.awaitReady("h1");

        assertThat(cluster.token("h1")).isEqualTo(k3s.token());
        assertThat(lab.path("h1", SERVER + "tls/server-ca.crt")).hasContent(k3s.content("ServerCA"));
        assertThat(lab.path("h1", SERVER + "tls/client-ca.key")).hasContent(k3s.content("ClientCAKey"));
        assertThat(lab.path("h1", SERVER + "tls/service.key")).hasContent(k3s.content("ServiceKey"));
    }

    @Test
    @Order(2)
    void itsObjectsAreThereAndItsWorkRuns() {
        assertThat(cluster.kubectl("h1", "get", "configmap", "prices", "-n", "shop", "-o", "jsonpath={.data.tea}"))
                .isEqualTo("3.20 €");
        assertThat(cluster.kubectl("h1", "get", "secret", "till", "-n", "shop", "-o", "jsonpath={.data.pin}"))
                .isEqualTo(Base64.getEncoder().encodeToString("0042".getBytes(StandardCharsets.UTF_8)));
        assertThat(cluster.kubectl("h1", "get", "nodes", "-o", "name")).contains("node/h1", "node/old-server");
        assertThat(cluster.kubectl("h1", "get", "namespace", "shop", "-o", "jsonpath={.status.phase}"))
                .isEqualTo("Active");
        assertThat(cluster.kubectl("h1", "get", "service", "web", "-n", "shop", "-o", "jsonpath={.spec.clusterIP}"))
                .isEqualTo("10.43.7.7");
        assertThat(cluster.kubectl("h1", "get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}"))
                .isEqualTo("10.43.0.1");
        Await.until(
                "the deployment's pod",
                SOON,
                () -> cluster.kubectl("h1", "get", "pods", "-n", "shop", "-o", "jsonpath={.items[*].status.phase}")
                        .equals("Running"),
                () -> cluster.kubectl("h1", "get", "all,events", "-n", "shop"));
    }

    @Test
    @Order(3)
    void theOldApiServersLeaseEndsHereToo() {
        Await.until(
                "the end of the old server's endpoint",
                Duration.ofSeconds(90),
                () -> cluster.kubectl(
                                "h1", "get", "endpoints", "kubernetes", "-o", "jsonpath={.subsets[*].addresses[*].ip}")
                        .equals(lab.address("h1")),
                () -> cluster.etcdctl("h1", "get", "/registry/masterleases/", "--prefix"));
    }

    @Test
    @Order(4)
    void aSnapshotOfOursServesARealEtcdAndOpensWithTheTokenAlone() throws Exception {
        // what is sealed then was sealed here, not by K3s
        command("token", "rotate", "--token", k3s.token(), "--new-token", NEW_PASSWORD)
                .expectSuccess();
        cluster.kubectl("h1", "create", "configmap", "of-ours", "-n", "shop", "--from-literal=a=b");
        command("etcd-snapshot", "save", "--name", "back").expectSuccess();
        Path saved = saved("back-h1-");
        run(
                "etcdctl",
                "snapshot",
                "restore",
                saved.toString(),
                "--data-dir",
                folder.resolve("back").toString());

        try (Etcd etcd = Etcd.start(folder.resolve("back"), folder.resolve("back.log"))) {
            String document = K3sCluster.opened(value(etcd, K3sCluster.bootstrapKey(NEW_PASSWORD)), NEW_PASSWORD);
            assertThat(etcd.run("get", "/bootstrap/", "--prefix", "--keys-only")
                            .lines()
                            .filter(line -> !line.isEmpty()))
                    .hasSize(1);
            assertThat(document)
                    .contains("\"ServerCA\":", base64(k3s.content("ServerCA")))
                    .contains("\"ServerCAKey\":", base64(k3s.content("ServerCAKey")))
                    .contains("\"ServiceKey\":", base64(k3s.content("ServiceKey")));
            assertThat(value(etcd, "/registry/configmaps/shop/of-ours"))
                    .contains("\"kind\":\"ConfigMap\"", "\"a\":\"b\"");
            assertThat(value(etcd, "/registry/configmaps/shop/prices")).contains("coffee");
        }
    }

    private static Path saved(String beginning) throws IOException {
        try (Stream<Path> found = Files.list(lab.path("h1", SERVER + "db/snapshots"))) {
            return found.filter(each -> each.getFileName().toString().startsWith(beginning))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String value(Etcd etcd, String key) {
        return etcd.run("get", key, "--print-value-only");
    }

    private static Shell.Outcome command(String... arguments) {
        return cluster.command("h1", "k3s", arguments);
    }

    private static String run(String... command) {
        return SHELL.run(SOON, List.of(command)).expectSuccess();
    }

    /** Debian's etcd on loopback. */
    private record Etcd(Process process, String endpoint, Path values) implements AutoCloseable {
        static Etcd start(Path data, Path log) throws IOException {
            String client = "http://127.0.0.1:" + freePort();
            String peer = "http://127.0.0.1:" + freePort();
            Process process = new ProcessBuilder(
                            "etcd",
                            "--data-dir=" + data,
                            "--listen-client-urls=" + client,
                            "--advertise-client-urls=" + client,
                            "--listen-peer-urls=" + peer,
                            "--initial-advertise-peer-urls=" + peer,
                            "--initial-cluster=default=" + peer)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            var etcd = new Etcd(process, client, Files.createTempFile(folder, "value", ""));
            Await.until(
                    "a real etcd",
                    SOON,
                    () -> SHELL.run(SOON, List.of("etcdctl", "--endpoints", client, "endpoint", "health"))
                                    .exitCode()
                            == 0);
            return etcd;
        }

        private static int freePort() throws IOException {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            }
        }

        String run(String... arguments) {
            List<String> command = new ArrayList<>(List.of("etcdctl", "--endpoints", endpoint));
            command.addAll(List.of(arguments));
            return FromAndToK3sTest.run(command.toArray(String[]::new));
        }

        /** The value goes in by a file, for it is no text. */
        void put(String key, byte[] value, String... flags) throws IOException {
            Files.write(values, value);
            FromAndToK3sTest.run(
                    "sh",
                    "-c",
                    "etcdctl --endpoints %s put %s %s <%s".formatted(endpoint, String.join(" ", flags), key, values));
        }

        void putUnderLease(String key, byte[] value) throws IOException {
            String granted = run("lease", "grant", "30");
            put(key, value, "--lease=" + granted.split(" ")[1]);
        }

        @Override
        public void close() {
            process.destroy();
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
