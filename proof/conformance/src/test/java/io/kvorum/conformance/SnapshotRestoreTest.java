package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A cluster of two servers is saved while it is written to, destroyed, and restored: here, and on a bare machine. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SnapshotRestoreTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SNAPSHOTS = "/var/lib/rancher/k3s/server/db/snapshots/";
    private static final String RESET = "Managed etcd cluster membership has been reset, restart without "
            + "--cluster-reset flag now. Backup and delete ${datadir}/server/db on each peer etcd server and rejoin the nodes";

    private static Lab lab;
    private static ServerCluster cluster;
    private static String token;
    /** Every object of what people write, as it was before the snapshot. */
    private static Map<String, String> before;

    @BeforeAll
    static void start() {
        lab = Lab.up("snaps", "10.77.61", 3);
        cluster = new ServerCluster(lab);
        cluster.begin("h1");
        cluster.awaitReady("h1");
        cluster.join("h2", "h1");
        cluster.awaitReady("h2");
        token = cluster.token("h1");
        Await.until(
                "a namespace",
                SOON,
                () -> cluster.tryKubectl("h1", "create", "namespace", "shop").exitCode() == 0,
                () -> cluster.log("h1"));
        for (int i = 0; i < 5; i++) {
            cluster.kubectl("h1", "create", "configmap", "c" + i, "-n", "shop", "--from-literal=n=" + i);
        }
        cluster.kubectl("h1", "create", "secret", "generic", "s", "-n", "shop", "--from-literal=p=hidden");
        cluster.kubectl("h1", "create", "deployment", "web", "-n", "shop", "--image=web", "--replicas=0");
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
    void aSnapshotIsTakenUnderLoadListedShownAndVerified() {
        try (SteadyWriter writer = new SteadyWriter(cluster, List.of("h1", "h2"))) {
            Await.until("some writes", SOON, () -> writer.acknowledged() > 5);
            before = objects("h1");

            String saved = k3s("h1", "etcd-snapshot", "save", "--etcd-s3=false").expectSuccess();
            onHost(
                    "h1",
                    "echo 'correct horse battery' >/var/lib/rancher/words; mkdir -p /var/lib/rancher/k3s/server/manifests;"
                            + " echo '# mine' >/var/lib/rancher/k3s/server/manifests/mine.yaml; echo 'node-label: [a=b]' >/etc/rancher/k3s/config.yaml");
            assertThat(k3s(
                                    "h1",
                                    "etcd-snapshot",
                                    "save",
                                    "--name",
                                    "etcd-snapshot",
                                    "--bundle",
                                    "/var/lib/rancher/site.bundle",
                                    "--passphrase-file",
                                    "/var/lib/rancher/words")
                            .expectSuccess())
                    .contains("Bundle /var/lib/rancher/site.bundle written.");

            assertThat(saved).containsPattern("Snapshot on-demand-h1-\\d+ saved\\.");
            writer.stop();
        }
        assertThat(k3s("h1", "etcd-snapshot", "list").expectSuccess().lines().findFirst())
                .hasValueSatisfying(line -> assertThat(line).containsPattern("Name +Location +Size +Created"));
        Await.until(
                "an object of each snapshot",
                SOON,
                () -> cluster.kubectl("h2", "get", "etcdsnapshotfiles").lines().count() == 3);
        assertThat(cluster.kubectl("h2", "get", "etcdsnapshotfiles"))
                .containsPattern("local-on-demand-h1-\\d+-[0-9a-f]{6} +on-demand-h1-\\d+ +h1 +file://" + SNAPSHOTS);
        Await.until(
                "an Event of each snapshot",
                SOON,
                () -> cluster.kubectl("h2", "get", "events", "-n", "default", "-o", "jsonpath={.items[*].reason}")
                        .contains("ETCDSnapshotCreated"));
        assertThat(k3s("h1", "etcd-snapshot", "verify", "on-demand").expectSuccess())
                .contains("is whole")
                .containsPattern("token +fits")
                .containsPattern("configmaps +\\d+");
        assertThat(k3s("h1", "etcd-snapshot", "verify", "on-demand", "--token", "another")
                        .exitCode())
                .isEqualTo(1);
    }

    @Test
    @Order(2)
    void oneNamespaceComesBackIntoTheRunningCluster() {
        cluster.kubectl("h1", "delete", "namespace", "shop", "--timeout=60s");

        String would = k3s("h1", "etcd-snapshot", "restore", "--dry-run", "--namespace", "shop", "on-demand")
                .expectSuccess();
        assertThat(would).contains("configmaps/c0 would be created");
        String said = k3s("h1", "etcd-snapshot", "restore", "--namespace", "shop", "on-demand")
                .expectSuccess();

        assertThat(said).contains("namespaces/shop created", "deployments/web created");
        assertThat(cluster.kubectl("h2", "get", "secret", "s", "-n", "shop", "-o", "jsonpath={.data.p}"))
                .isEqualTo("aGlkZGVu");
        Await.until(
                "the service account of the namespace",
                SOON,
                () -> cluster.tryKubectl("h2", "get", "serviceaccount", "default", "-n", "shop")
                                .exitCode()
                        == 0);
    }

    @Test
    @Order(3)
    void theGuidesRestoreBringsEveryObjectBackAndTheOtherServerJoinsAgain() throws IOException {
        cluster.kubectl("h1", "delete", "namespace", "shop", "--timeout=60s");
        cluster.kubectl("h1", "create", "configmap", "written-later");
        cluster.stop("h1");
        cluster.stop("h2");

        String wanted = SNAPSHOTS + "etcd-snapshot-" + LocalDate.now(ZoneId.systemDefault());
        String said = k3s("h1", "server", "--cluster-reset", "--cluster-reset-restore-path=" + wanted)
                .expectSuccess();

        assertThat(said).contains("means etcd-snapshot-h1-").contains(RESET);
        assertThat(k3s("h1", "server", "--cluster-reset").expectFailure()).contains("reset already");
        cluster.startAgain("h1");
        cluster.awaitReady("h1");
        assertEverythingIsBack("h1");
        lab.exec("h2", SOON, "rm", "-rf", "/var/lib/rancher/k3s/server/db/etcd").expectSuccess();
        cluster.startAgain("h2");
        cluster.awaitReady("h2");
        assertEverythingIsBack("h2");
    }

    @Test
    @Order(4)
    void aBareMachineWithAnotherAddressBecomesTheClusterEvenIfTheRestoreIsKilledOnce() throws IOException {
        cluster.stop("h2");
        cluster.stop("h1");
        Path file;
        try (Stream<Path> found = Files.list(lab.path("h1", SNAPSHOTS))) {
            file = found.filter(each -> each.getFileName().toString().startsWith("on-demand"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.copy(file, lab.path("h3", "/var/lib/rancher").resolve("backup"), StandardCopyOption.REPLACE_EXISTING);

        String path = "--cluster-reset-restore-path=/var/lib/rancher/backup";
        assertThat(k3s("h3", "server", "--cluster-reset", path).expectFailure()).contains("--token");
        assertThat(k3s("h3", "server", "--cluster-reset", path, "--token", "another")
                        .expectFailure())
                .contains("the token does not fit");
        cluster.killDuring("h3", "it holds revision", "k3s", "server", "--cluster-reset", path, "--token", token);
        k3s("h3", "server", "--cluster-reset", path, "--token", token).expectSuccess();
        cluster.start("h3", List.of());
        cluster.awaitReady("h3");

        assertEverythingIsBack("h3");
        assertThat(cluster.etcdctl("h3", "member", "list").lines()).hasSize(1);
    }

    @Test
    @Order(5)
    void aBundleBringsConfigurationAndTokenToABareMachineByOneCommand() throws IOException {
        cluster.stop("h3");
        onHost("h2", "rm -rf /var/lib/rancher/k3s/server /etc/rancher /var/lib/rancher/k3s/agent/*.crt");
        for (String name : List.of("site.bundle", "words")) {
            Files.copy(
                    lab.path("h1", "/var/lib/rancher").resolve(name),
                    lab.path("h2", "/var/lib/rancher").resolve(name),
                    StandardCopyOption.REPLACE_EXISTING);
        }

        String said = k3s(
                        "h2",
                        "etcd-snapshot",
                        "restore",
                        "/var/lib/rancher/site.bundle",
                        "--passphrase-file",
                        "/var/lib/rancher/words")
                .expectSuccess();

        assertThat(said).contains("wrote /etc/rancher/k3s/config.yaml").contains(RESET);
        assertThat(lab.path("h2", "/var/lib/rancher/k3s/server/manifests/mine.yaml"))
                .hasContent("# mine\n");
        cluster.start("h2", List.of());
        cluster.awaitReady("h2");
        assertThat(cluster.token("h2")).isEqualTo(token);
        assertEverythingIsBack("h2");
        assertThat(lab.path("h2", "/etc/rancher/k3s/config.yaml")).hasContent("node-label: [a=b]");
    }

    private static void onHost(String host, String script) {
        lab.exec(host, SOON, "sh", "-c", script).expectSuccess();
    }

    private static void assertEverythingIsBack(String host) {
        assertThat(objects(host)).containsAllEntriesOf(before);
        assertThat(cluster.tryKubectl(host, "get", "configmap", "written-later").err())
                .contains("not found");
        cluster.kubectl(host, "label", "configmap", "c0", "-n", "shop", "written-by=" + host, "--overwrite");
        cluster.kubectl(host, "label", "configmap", "c0", "-n", "shop", "written-by-");
    }

    private static Map<String, String> objects(String host) {
        Map<String, String> found = new TreeMap<>();
        String uids = cluster.kubectl(
                host,
                "get",
                "configmaps,secrets,serviceaccounts,deployments,services",
                "-A",
                "-o",
                "jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name} {.metadata.uid} {.data}{'\\n'}{end}");
        uids.lines()
                // one is written all the time, and a machine that was emptied has a new password
                .filter(line -> !line.startsWith("ConfigMap/default/steady"))
                .filter(line -> !line.contains(".node-password.k3s "))
                .map(line -> line.split(" ", 2))
                .forEach(words -> found.put(words[0], words[1]));
        return found;
    }

    private static Shell.Outcome k3s(String host, String... arguments) {
        return cluster.command(host, "k3s", arguments);
    }
}
