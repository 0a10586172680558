package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.conformance.Runbook.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A K3s runbook from its first to its last command, on machines that boot systemd and get everything from a release folder.
 * The steps build on each other.
 */
@Tag("runbook")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RunbookTest {
    private static final String SUBNET = "10.95.0";
    /** Three servers, an agent, the load balancer with the releases, and a replacement for a server. */
    private static final int HOSTS = 6;

    private static final Duration INSTALL = Duration.ofMinutes(3);
    private static final Duration COMMAND = Duration.ofMinutes(1);
    private static final int RELEASES_PORT = 8000;
    private static final String NEWER = "next";

    @RegisterExtension
    static final StepByStep STEPS = new StepByStep();

    private static Lab lab;
    private static Runbook runbook;
    /** Blocks that have been run, to know at the end of any that was not. */
    private static final Set<String> played = new LinkedHashSet<>();

    /** What there was on a host before anything was installed. */
    private static final Map<String, List<String>> bare = new LinkedHashMap<>();

    private static String token = "";
    private static BucketHost bucket;

    /** All that is replaced in the runbook's commands. */
    private static Map<String, String> substitutions() {
        Map<String, String> table = new LinkedHashMap<>();
        table.put("https://get.k3s.io", "http://%s:%d/install.sh".formatted(lab.address("h5"), RELEASES_PORT));
        table.put("192.168.1.100", lab.address("h5"));
        table.put("192.168.1.10", lab.address("h1"));
        table.put("192.168.1.11", lab.address("h2"));
        table.put("192.168.1.12", lab.address("h3"));
        table.put("K10abc123...::server:def456...", token);
        table.put("etcd-snapshot-2026-02-09", "etcd-snapshot-" + LocalDate.now(ZoneOffset.UTC));
        return table;
    }

    @BeforeAll
    static void boot() throws IOException {
        Path root = Lab.repository();
        var shell = new Shell().with("JAVA_HOME", System.getProperty("java.home"));
        String rootFilesystem = shell.run(
                        Duration.ofMinutes(10),
                        List.of(root.resolve("proof/lab/rootfs").toString()))
                .expectSuccess()
                .strip();
        Path releases = root.resolve("dist/target/release");
        String address = "http://%s.15:%d".formatted(SUBNET, RELEASES_PORT);
        if (!isFresh(releases, address)) {
            shell.run(
                            Duration.ofMinutes(5),
                            List.of(root.resolve("dist/release").toString(), "--url", address))
                    .expectSuccess();
        }
        offerNewerBuild(releases);
        Path java = Path.of(System.getProperty("java.home"));
        lab = Lab.boot("runbk", SUBNET, HOSTS, Path.of(rootFilesystem), List.of(releases, java));
        runbook = Runbook.load("/runbook.md");
        lab.spawn(
                "h5",
                "releases",
                List.of(
                        "busybox",
                        "httpd",
                        "-f",
                        "-p",
                        lab.address("h5") + ":" + RELEASES_PORT,
                        "-h",
                        releases.toString()));
        for (int host = 1; host <= HOSTS; host++) {
            prepare("h" + host);
        }
        bucket = new BucketHost(lab, "h5", "k3s-edge-backups", "us-east-1");
        bucket.start("your-access-key", "your-secret-key");
        for (int host = 1; host <= 3; host++) {
            bucket.introduceTo("h" + host);
        }
        String script = "curl -sf http://%s:%d/install.sh".formatted(lab.address("h5"), RELEASES_PORT);
        Await.until(
                "the releases are served",
                COMMAND,
                () -> lab.exec("h1", COMMAND, "sh", "-c", script).exitCode() == 0);
    }

    /** The same program in another build: unpacked again, elsewhere. */
    private static void offerNewerBuild(Path releases) {
        String script = """
                cd "$0/download"
                rm -rf next; mkdir next
                program=stable/k3s
                { sed '1,/^exit 1$/s/^hash=.*/hash=next/' "$program"; printf '' | gzip; } >next/k3s
                cd next && sha256sum k3s >sha256sum-amd64.txt
                """;
        new Shell()
                .with("LC_ALL", "C")
                .run(COMMAND, List.of("bash", "-ec", script, releases.toString()))
                .expectSuccess();
    }

    private static boolean isFresh(Path releases, String address) throws IOException {
        Path script = releases.resolve("install.sh");
        if (!Files.exists(script) || !Files.readString(script).contains(address)) {
            return false;
        }
        Path dist = Lab.repository().resolve("dist");
        for (Path source : List.of(dist.resolve("target/kvorum/lib/kvorum.jar"), dist.resolve("install/install.sh"))) {
            if (Files.getLastModifiedTime(source).compareTo(Files.getLastModifiedTime(script)) > 0) {
                return false;
            }
        }
        return true;
    }

    /** Somebody who may use sudo, and the images that a machine without a registry has. */
    private static void prepare(String host) throws IOException {
        root(host, "useradd -m -s /bin/bash admin; echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin");
        // there is no network to fetch packages from; what the runbook installs is there
        root(host, "rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*; touch /etc/apt/sources.list");
        bare.put(host, traces(host));
        provideImages(host);
    }

    private static void provideImages(String host) throws IOException {
        Path images = lab.path(host, "/var/lib/rancher/k3s/agent/images");
        Files.createDirectories(images);
        try (var archives = Files.newDirectoryStream(Lab.repository().resolve("dist/target/kvorum/images"), "*.tar")) {
            for (Path archive : archives) {
                Files.copy(archive, images.resolve(archive.getFileName()));
            }
        }
    }

    @AfterAll
    static void down() {
        if (lab != null) {
            lab.close();
        }
    }

    private static String root(String host, String script) {
        return lab.exec(host, COMMAND, "bash", "-ec", script).expectSuccess();
    }

    private static Block block(String section, int number) {
        played.add(section + " " + number);
        return runbook.block(section, number).with(substitutions());
    }

    /** As a person types it who may use sudo. */
    private static String play(String host, Block block) {
        return play(host, block, COMMAND).expectSuccess();
    }

    private static Shell.Outcome play(String host, Block block, Duration limit) {
        return lab.exec(
                host,
                limit,
                "runuser",
                "-u",
                "admin",
                "--",
                "env",
                "-i",
                "HOME=/home/admin",
                "USER=admin",
                "PATH=/usr/local/bin:/usr/bin:/bin",
                "bash",
                "-e",
                "-o",
                "pipefail",
                "-c",
                "cd; " + block.text());
    }

    private static String kubectl(String host, String arguments) {
        return root(host, "kubectl --request-timeout=10s " + arguments);
    }

    private static void awaitReady(String by, String node) {
        Await.until(
                node + " is Ready",
                Duration.ofMinutes(2),
                () -> lab.exec(by, COMMAND, "kubectl", "get", "node", node)
                        .out()
                        .contains(" Ready "),
                () -> journal(node));
    }

    private static String journal(String host) {
        return lab.exec(host, COMMAND, "sh", "-c", "journalctl --no-pager -n 40 -u 'k3s*'")
                .out();
    }

    private static List<String> members(String host) {
        return root(host, "etcdctl member list").lines().toList();
    }

    @Test
    @Order(1)
    void theFirstServerIsInstalledAndReady() {
        long begun = System.nanoTime();
        play(h(1), block("Installing the First Server Node", 1), INSTALL).expectSuccess();
        awaitReady(h(1), "h1");
        System.out.printf("install to Ready: %.1f s%n", (System.nanoTime() - begun) / 1e9);
        String status = play(h(1), block("Installing the First Server Node", 2));
        assertThat(status).contains("h1").contains("control-plane").contains("active (running)");
        token = play(h(1), block("Installing the First Server Node", 3)).strip();
        assertThat(token).matches("K10[0-9a-f]{64}::server:[0-9a-zA-Z]+");
    }

    private static String h(int number) {
        return "h" + number;
    }

    @Test
    @Order(2)
    void twoFurtherServersJoinByTheToken() {
        play(h(2), block("Joining Additional Server Nodes", 1), INSTALL).expectSuccess();
        assertThat(play(h(1), block("Joining Additional Server Nodes", 2))).contains("h2");
        play(h(3), block("Joining Additional Server Nodes", 3), INSTALL).expectSuccess();
        for (int host = 1; host <= 3; host++) {
            awaitReady(h(1), h(host));
        }
        assertThat(members(h(1)))
                .hasSize(3)
                .allMatch(line -> line.endsWith(", started, " + line.split(", ")[2] + ", " + line.split(", ")[3] + ", "
                        + line.split(", ")[4] + ", false"));
        assertThat(play(h(3), block("Joining Additional Server Nodes", 2), COMMAND)
                        .expectFailure())
                .contains("run this as root", "--write-kubeconfig-mode");
        assertThat(kubectl(h(3), "get nodes")).contains("h1", "h2", "h3");
    }

    @Test
    @Order(3)
    void theStoreTellsOfItsHealth() {
        Block block = block("Verifying etcd Cluster Health", 1);
        String said = play(h(1), block);
        assertThat(said).contains("on-demand-h1");
        assertThat(said.lines().filter(line -> line.contains("is healthy"))).hasSize(3);
        // the first command of the block finds what its second one saved
        assertThat(play(h(1), block.until("# Check etcd endpoint health"))).contains("on-demand-h1");
    }

    @Test
    @Order(4)
    void theLoadBalancerSeesEveryServerAtBothPorts() {
        play(h(5), block("Configuring a Load Balancer", 1), INSTALL).expectSuccess();
        String ask = "echo 'show stat' | python3 -c \"import socket,sys; s=socket.socket(socket.AF_UNIX);"
                + " s.connect('/run/haproxy/admin.sock'); s.sendall(sys.stdin.buffer.read());"
                + " print(s.makefile().read())\"";
        Await.until(
                "all six back ends are up",
                Duration.ofSeconds(30),
                () -> root(h(5), ask)
                                .lines()
                                .filter(line -> line.matches("k3s_s.*,server[123],.*,UP,.*"))
                                .count()
                        == 6,
                () -> root(h(5), ask));
    }

    @Test
    @Order(5)
    void anAgentJoinsThroughTheLoadBalancer() {
        play(h(4), block("Joining Agent Nodes", 1), INSTALL).expectSuccess();
        awaitReady(h(1), "h4");
    }

    @Test
    @Order(6)
    void snapshotsAreScheduledByAnOverrideOfTheUnit() {
        Block block = block("Implementing Automated etcd Backups", 1);
        for (int host = 1; host <= 3; host++) {
            play(h(host), block, INSTALL).expectSuccess();
            awaitReady(h(1), h(host));
            assertThat(root(h(host), "tr '\\0' ' ' </proc/$(systemctl show -p MainPID --value k3s)/environ"))
                    .contains("0 */6 * * *");
        }
        assertThat(members(h(1))).hasSize(3);
        assertThat(kubectl(h(1), "get nodes").lines().filter(line -> line.contains(" Ready ")))
                .hasSize(4);
    }

    @Test
    @Order(7)
    void scheduledSnapshotsGoToTheBucketAndTenAreKept() {
        kubectl(h(1), "create configmap before-the-snapshot --from-literal=a=b");
        // as if the schedule had run for days, and this server had missed its last time
        root(h(1), """
                cd /var/lib/rancher/k3s/server/db/snapshots
                for i in $(seq 12); do
                  cp on-demand-h1-* etcd-snapshot-h1-$(($(date +%s) - 3600 * (2 + 6 * i)))
                done
                """);
        Block block = block("Implementing Automated etcd Backups", 2);
        for (int host = 1; host <= 3; host++) {
            play(h(host), block, INSTALL).expectSuccess();
            awaitReady(h(1), h(host));
        }
        Await.until(
                "the snapshot that was missed is in the bucket",
                Duration.ofSeconds(40),
                () -> bucket.names("edge-site-01").stream().anyMatch(name -> name.matches("etcd-snapshot-h1-\\d+")),
                () -> journal(h(1)));
        assertThat(root(h(1), "k3s etcd-snapshot list"))
                .contains("s3://k3s-edge-backups/edge-site-01/etcd-snapshot-h1-");
        assertThat(root(h(1), "ls /var/lib/rancher/k3s/server/db/snapshots").lines())
                .filteredOn(name -> name.startsWith("etcd-snapshot-h1-"))
                .hasSize(10);
        assertThat(members(h(1))).hasSize(3);
    }

    @Test
    @Order(8)
    void theClusterWorksWithOneServerStopped() {
        Block block = block("Testing High Availability", 1);
        play(h(2), block.until("# From another server"));
        String seen = play(h(1), block.from("# From another server").until("# Restart the server"));
        assertThat(seen).contains("pod/test-pod created");
        // the load balancer takes three checks to notice
        String throughIt =
                "kubectl --server=https://%s:6443 --request-timeout=5s get nodes".formatted(lab.address("h5"));
        Await.until(
                "six requests in a row get through the load balancer",
                Duration.ofSeconds(20),
                () -> lab.exec(
                                        h(1),
                                        COMMAND,
                                        "sh",
                                        "-c",
                                        "for i in 1 2 3 4 5 6; do %s || exit 1; done".formatted(throughIt))
                                .exitCode()
                        == 0);
        play(h(2), block.from("# Restart the server"), INSTALL).expectSuccess();
        awaitReady(h(1), h(2));
        // it may have been given to the stopped server, whose node is believed in for a while
        kubectl(h(1), "wait --for=condition=Ready pod/test-pod --timeout=50s");
        Await.until(
                "three voting members again",
                Duration.ofMinutes(1),
                () -> lab.exec(h(1), COMMAND, "etcdctl", "endpoint", "health", "--cluster")
                                .exitCode()
                        == 0);
    }

    @Test
    @Order(9)
    void withTwoServersStoppedTheClusterIsReadOnlyAndLosesNothing() {
        assertThat(block("Testing High Availability", 2).text()).contains("losing quorum");
        String host = kubectl(h(1), "get pod test-pod -o jsonpath={.spec.nodeName}");
        String container = root(host, "crictl ps --name test-pod -q");
        root(h(2), "systemctl stop k3s");
        root(h(3), "systemctl stop k3s");
        assertThat(root(h(1), "kubectl --request-timeout=15s get nodes 2>&1"))
                .contains("h1")
                .contains("Warning");
        Shell.Outcome write =
                lab.exec(h(1), COMMAND, "kubectl", "--request-timeout=15s", "create", "namespace", "without-quorum");
        assertThat(write.expectFailure()).contains("no quorum");
        root(h(2), "systemctl start k3s");
        Await.until(
                "writes work again",
                Duration.ofSeconds(60),
                () -> lab.exec(h(1), COMMAND, "kubectl", "--request-timeout=5s", "create", "namespace", "again")
                                .exitCode()
                        == 0);
        root(h(3), "systemctl start k3s");
        for (int server = 1; server <= 3; server++) {
            awaitReady(h(1), h(server));
        }
        assertThat(root(host, "crictl ps --name test-pod -q")).isNotEmpty().isEqualTo(container);
    }

    @Test
    @Order(10)
    void aDaysSnapshotIsRestoredByItsDate() {
        kubectl(h(1), "create configmap after-the-snapshot --from-literal=a=b");
        Block block = block("Restoring from etcd Backup", 1);
        for (int host = 1; host <= 3; host++) {
            play(h(host), block.until("# On the first server, restore"));
        }
        Shell.Outcome restored =
                play(h(1), block.from("# On the first server, restore").until("# Restart K3s on the first"), INSTALL);
        assertThat(restored.expectSuccess() + restored.err()).contains("etcd-snapshot-h1-");
        play(h(1), block.from("# Restart K3s on the first").until("# On other servers"), INSTALL)
                .expectSuccess();
        for (int host = 2; host <= 3; host++) {
            play(h(host), block.from("# On other servers"), INSTALL).expectSuccess();
        }
        for (int host = 1; host <= 3; host++) {
            awaitReady(h(1), h(host));
        }
        assertThat(members(h(1))).hasSize(3);
        kubectl(h(1), "get configmap before-the-snapshot");
        assertThat(lab.exec(h(1), COMMAND, "kubectl", "get", "configmap", "after-the-snapshot")
                        .exitCode())
                .isNotZero();
    }

    @Test
    @Order(11)
    void theMonitoringJobsSucceed() throws IOException {
        Block manifest = block("Monitoring etcd Health", 1);
        Path file = lab.path(h(1), "/home/admin/etcd-monitor.yaml");
        Files.writeString(file, manifest.text());
        play(h(1), block("Monitoring etcd Health", 2));
        // the schedule's next run may be five minutes away: one is started by hand
        kubectl(h(1), "create job -n kube-system now --from=cronjob/etcd-health-check");
        kubectl(h(1), "wait -n kube-system --for=condition=Complete job/now --timeout=50s");
        root(h(1), "k3s certificate trust");
        String script =
                kubectl(h(1), "get configmap -n kube-system etcd-monitor-script -o 'jsonpath={.data.monitor\\.sh}'");
        String endpoints = script.lines()
                .filter(line -> line.contains("ETCD_ENDPOINTS=$("))
                .findFirst()
                .orElseThrow();
        assertThat(root(h(1), endpoints + "; echo $ETCD_ENDPOINTS").strip().split(","))
                .containsExactlyInAnyOrder(lab.address("h1"), lab.address("h2"), lab.address("h3"));
        assertThat(root(h(1), script)).doesNotContain("ALERT");
    }

    @Test
    @Order(12)
    void aFailedServerIsRemovedAndReplaced() {
        lab.powerOff(h(3));
        Block block = block("Handling Server Node Failures", 1);
        String list = play(h(1), block.until("# Remove the failed member"));
        String member = list.lines()
                .filter(line -> line.contains(", h3-"))
                .map(line -> line.substring(0, line.indexOf(',')))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no member of h3 in " + list));
        play(
                h(1),
                block.from("# Remove the failed member")
                        .with(Map.of("<member-id>", member, "<failed-node-name>", "h3")));
        assertThat(members(h(1))).hasSize(2);
        play(h(6), block("Handling Server Node Failures", 2), INSTALL).expectSuccess();
        awaitReady(h(1), "h6");
        assertThat(members(h(1))).hasSize(3);
        assertThat(kubectl(h(1), "get nodes")).doesNotContain("h3");
    }

    @Test
    @Order(13)
    void tuningFlagsAct() {
        Block block = block("Optimizing for Edge Constraints", 1);
        // there the unit's override has a command of its own
        assertThat(play(h(1), block, INSTALL).err()).contains("override.conf").contains("do not act");
        play(h(6), block, INSTALL).expectSuccess();
        awaitReady(h(1), "h6");
        assertThat(root(h(6), "curl -sf http://127.0.0.1:2381/metrics"))
                .containsPattern("etcd_server_quota_backend_bytes 2\\.?147483648");
        assertThat(root(h(6), "tr '\\0' '\\n' </proc/$(systemctl show -p MainPID --value k3s)/environ"))
                .contains("max-requests-inflight=100")
                .contains("max-mutating-requests-inflight=50");
        assertThat(members(h(1))).hasSize(3);
    }

    @Test
    @Order(14)
    void noBlockWasLeftOut() {
        List<String> left = new ArrayList<>();
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (Block block : runbook.all()) {
            String name = block.section() + " " + numbers.merge(block.section(), 1, Integer::sum);
            if (!played.contains(name)) {
                left.add(name);
            }
        }
        assertThat(left).isEmpty();
    }

    @Test
    @Order(15)
    void anUpgradeIsTheInstallerOfANewerBuildAndLeavesPodsAlone() {
        kubectl(h(1), "run stays --image=nginx --overrides='{\"spec\":{\"nodeName\":\"h2\"}}'");
        kubectl(h(1), "wait --for=condition=Ready pod/stays --timeout=50s");
        String container = root(h(2), "crictl ps --name stays -q");
        Block install = block("Joining Additional Server Nodes", 1);
        play(h(2), new Block("", "bash", "export INSTALL_K3S_VERSION=" + NEWER + "\n" + install.text()), INSTALL)
                .expectSuccess();
        awaitReady(h(1), "h2");
        assertThat(root(h(2), "readlink /proc/$(systemctl show -p MainPID --value k3s)/exe"))
                .contains("/data/" + NEWER);
        assertThat(members(h(1))).hasSize(3);
        assertThat(root(h(2), "crictl ps --name stays -q")).isNotEmpty().isEqualTo(container);
    }

    @Test
    @Order(16)
    void anUninstalledMachineIsAsItWasAndCanBeInstalledAgain() throws IOException {
        assertThat(bare.get(h(4))).contains("/usr/bin/env", "link eth0");
        kubectl(h(1), "delete node h4 --timeout=40s");
        root(h(4), "k3s-agent-uninstall.sh");
        assertThat(traces(h(4))).isEqualTo(bare.get(h(4)));
        kubectl(h(1), "delete node h6 --timeout=40s");
        root(h(6), "k3s-uninstall.sh");
        assertThat(traces(h(6))).isEqualTo(bare.get(h(6)));

        provideImages(h(4));
        play(h(4), block("Joining Agent Nodes", 1), INSTALL).expectSuccess();
        awaitReady(h(1), "h4");
        provideImages(h(6));
        play(h(6), block("Handling Server Node Failures", 2), INSTALL).expectSuccess();
        awaitReady(h(1), "h6");
        assertThat(members(h(1))).hasSize(3);
    }

    @Test
    @Order(17)
    void theMonitoringJobsRunByTheirSchedule() {
        Await.until(
                "a job of the schedule has succeeded",
                Duration.ofMinutes(6),
                () -> kubectl(h(1), "get jobs -n kube-system --no-headers")
                        .lines()
                        .anyMatch(line -> line.matches("etcd-health-check-\\d+ +Complete .*")),
                () -> kubectl(h(1), "get jobs,cronjobs -n kube-system"));
    }

    /** Files, mounts, links, rules and cgroups. */
    private static List<String> traces(String host) {
        return root(host, """
                        find / /var/lib/rancher /var/lib/kubelet /var/lib/cni /run/k3s /run/netns -xdev -mindepth 1 \\
                          \\( -path /tmp -o -path /var/log -o -path /var/cache -o -path /root -o -path /home \\
                             -o -path /var/lib/systemd -o -path /var/lib/sudo -o -path /var/lib/containerd \\) -prune \\
                          -o -print | sort -u
                        awk '{ print "mount", $2 }' /proc/self/mounts | sort -u
                        ip -o link | sed 's/^[0-9]*: \\([^:@]*\\).*/link \\1/' | sort
                        nft list ruleset
                        find /sys/fs/cgroup -type d -name '*kubepods*'
                        """).lines().toList();
    }
}
