package io.kvorum.conformance;

import static io.kvorum.conformance.Machines.COMMAND;
import static io.kvorum.conformance.Machines.INSTALL;
import static io.kvorum.conformance.Machines.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.conformance.Runbook.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
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
    /** Three servers, an agent, the load balancer, and a replacement for a server. */
    private static final int HOSTS = 6;

    @RegisterExtension
    static final StepByStep STEPS = new StepByStep();

    private static Machines machines;
    private static Runbook runbook;
    /** Blocks that have been run, to know at the end of any that was not. */
    private static final Set<String> played = new LinkedHashSet<>();

    /** What there was on a host before anything was installed. */
    private static final Map<String, List<String>> bare = new LinkedHashMap<>();

    private static String token = "";
    /** When the snapshot was taken that is to be restored. */
    private static LocalDate day = LocalDate.EPOCH;

    private static BucketHost bucket;

    /** All that is replaced in the runbook's commands. */
    private static Map<String, String> substitutions() {
        Map<String, String> table = new LinkedHashMap<>();
        table.put("https://get.k3s.io", machines.script());
        table.put("192.168.1.100", machines.address("h5"));
        table.put("192.168.1.10", machines.address("h1"));
        table.put("192.168.1.11", machines.address("h2"));
        table.put("192.168.1.12", machines.address("h3"));
        table.put("K10abc123...::server:def456...", token);
        table.put("etcd-snapshot-2026-02-09", "etcd-snapshot-" + day);
        return table;
    }

    @BeforeAll
    static void boot() throws IOException {
        runbook = Runbook.load("/runbook.md");
        machines = Machines.boot(HOSTS);
        for (int host = 1; host <= HOSTS; host++) {
            bare.put(h(host), traces(h(host)));
            machines.provideImages(h(host));
        }
        bucket = new BucketHost(machines.lab(), "h5", "k3s-edge-backups", "us-east-1");
        bucket.start("your-access-key", "your-secret-key");
        for (int host = 1; host <= 3; host++) {
            bucket.introduceTo(h(host));
        }
    }

    @AfterAll
    static void down() {
        if (machines != null) {
            machines.close();
        }
    }

    private static String h(int number) {
        return "h" + number;
    }

    private static String root(String host, String script) {
        return machines.root(host, script);
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
        return machines.asAdmin(host, limit, block.text());
    }

    private static void install(String host, Block block) {
        play(host, block, INSTALL).expectSuccess();
    }

    private static String kubectl(String arguments) {
        return machines.kubectl("h1", arguments);
    }

    private static List<String> members() {
        return machines.members("h1");
    }

    @Test
    @Order(1)
    void theFirstServerIsInstalledAndReady() {
        long begun = System.nanoTime();
        install(h(1), block("Installing the First Server Node", 1));
        machines.awaitWhole(h(1), 1, "h1");
        System.out.printf("install to Ready: %.1f s%n", (System.nanoTime() - begun) / 1e9);
        String status = play(h(1), block("Installing the First Server Node", 2));
        assertThat(status).contains("h1").contains("control-plane").contains("active (running)");
        token = play(h(1), block("Installing the First Server Node", 3)).strip();
        assertThat(token).matches("K10[0-9a-f]{64}::server:[0-9a-zA-Z]+");
    }

    @Test
    @Order(2)
    void twoFurtherServersJoinByTheToken() {
        install(h(2), block("Joining Additional Server Nodes", 1));
        assertThat(play(h(1), block("Joining Additional Server Nodes", 2))).contains("h2");
        install(h(3), block("Joining Additional Server Nodes", 3));
        machines.awaitWhole(h(1), 3, "h1", "h2", "h3");
        assertThat(members())
                .hasSize(3)
                .allMatch(line -> line.endsWith(", started, " + line.split(", ")[2] + ", " + line.split(", ")[3] + ", "
                        + line.split(", ")[4] + ", false"));
        assertThat(play(h(3), block("Joining Additional Server Nodes", 2), COMMAND)
                        .expectFailure())
                .contains("run this as root", "--write-kubeconfig-mode");
        assertThat(machines.kubectl("h3", "get nodes")).contains("h1", "h2", "h3");
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
        install(h(5), block("Configuring a Load Balancer", 1));
        String ask = "echo 'show stat' | python3 -c \"import socket,sys; s=socket.socket(socket.AF_UNIX);"
                + " s.connect('/run/haproxy/admin.sock'); s.sendall(sys.stdin.buffer.read());"
                + " print(s.makefile().read())\"";
        Await.until(
                "all six back ends are up",
                COMMAND,
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
        install(h(4), block("Joining Agent Nodes", 1));
        machines.awaitWhole(h(1), 3, "h4");
    }

    @Test
    @Order(6)
    void snapshotsAreScheduledByAnOverrideOfTheUnit() {
        Block block = block("Implementing Automated etcd Backups", 1);
        for (int host = 1; host <= 3; host++) {
            install(h(host), block);
            assertThat(machines.environment(h(host), "k3s")).contains("0 */6 * * *");
        }
        machines.awaitWhole(h(1), 3, "h1", "h2", "h3");
        assertThat(kubectl("get nodes").lines().filter(line -> line.contains(" Ready ")))
                .hasSize(4);
    }

    @Test
    @Order(7)
    void scheduledSnapshotsGoToTheBucketAndTenAreKept() {
        kubectl("create configmap before-the-snapshot --from-literal=a=b");
        // as if the schedule had run for days, and this server had missed its last time
        root(h(1), """
                cd /var/lib/rancher/k3s/server/db/snapshots
                for i in $(seq 12); do
                  cp on-demand-h1-* etcd-snapshot-h1-$(($(date +%s) - 3600 * (2 + 6 * i)))
                done
                """);
        Block block = block("Implementing Automated etcd Backups", 2);
        // all servers at a time: the cluster comes back by itself from having no majority for a moment
        atOnce(() -> install(h(1), block), () -> install(h(2), block), () -> install(h(3), block));
        machines.awaitWhole(h(1), 3, "h1", "h2", "h3");
        Await.until(
                "the snapshot that was missed is in the bucket",
                COMMAND,
                () -> bucketed().findAny().isPresent(),
                () -> machines.journal("h1"));
        long taken = bucketed()
                .mapToLong(name -> Long.parseLong(name.replaceFirst(".*-", "")))
                .max()
                .orElseThrow();
        day = LocalDate.ofInstant(Instant.ofEpochSecond(taken), ZoneOffset.UTC);
        assertThat(root(h(1), "k3s etcd-snapshot list"))
                .contains("s3://k3s-edge-backups/edge-site-01/etcd-snapshot-h1-");
        assertThat(root(h(1), "ls /var/lib/rancher/k3s/server/db/snapshots").lines())
                .filteredOn(name -> name.startsWith("etcd-snapshot-h1-"))
                .hasSize(10);
    }

    /** The first server's snapshots in the bucket. */
    private static Stream<String> bucketed() {
        return bucket.names("edge-site-01").stream().filter(name -> name.matches("etcd-snapshot-h1-\\d+"));
    }

    @Test
    @Order(8)
    void theClusterWorksWithOneServerStopped() {
        Block block = block("Testing High Availability", 1);
        play(h(2), block.until("# From another server"));
        assertThat(root(h(2), "systemctl is-failed k3s || true").strip()).isEqualTo("inactive");
        String seen = play(h(1), block.from("# From another server").until("# Restart the server"));
        assertThat(seen).contains("pod/test-pod created");
        // the load balancer takes three checks to notice
        String throughIt =
                "kubectl --server=https://%s:6443 --request-timeout=10s get nodes".formatted(machines.address("h5"));
        Await.until(
                "six requests in a row get through the load balancer",
                COMMAND,
                () -> machines.tryRoot(h(1), "for i in 1 2 3 4 5 6; do %s || exit 1; done".formatted(throughIt))
                                .exitCode()
                        == 0);
        install(h(2), block.from("# Restart the server"));
        machines.awaitWhole(h(1), 3, "h2");
        // it may have been given to the stopped server, whose node is believed in for a while
        kubectl("wait --for=condition=Ready pod/test-pod --timeout=100s");
    }

    @Test
    @Order(9)
    void withTwoServersStoppedTheClusterIsReadOnlyAndLosesNothing() {
        assertThat(block("Testing High Availability", 2).text()).contains("losing quorum");
        String host = kubectl("get pod test-pod -o jsonpath={.spec.nodeName}");
        String container = root(host, "crictl ps --name test-pod -q");
        root(h(2), "systemctl stop k3s");
        root(h(3), "systemctl stop k3s");
        assertThat(root(h(1), "kubectl --request-timeout=30s get nodes 2>&1"))
                .contains("h1")
                .contains("Warning");
        Shell.Outcome write = machines.tryRoot(h(1), "kubectl --request-timeout=30s create namespace without-quorum");
        assertThat(write.expectFailure()).contains("no quorum");
        root(h(2), "systemctl start k3s");
        Await.until(
                "writes work again",
                COMMAND,
                () -> machines.tryRoot(h(1), "kubectl --request-timeout=10s create namespace again")
                                .exitCode()
                        == 0);
        root(h(3), "systemctl start k3s");
        machines.awaitWhole(h(1), 3, "h1", "h2", "h3");
        assertThat(root(host, "crictl ps --name test-pod -q")).isNotEmpty().isEqualTo(container);
    }

    @Test
    @Order(10)
    void aDaysSnapshotIsRestoredByItsDate() {
        kubectl("create configmap after-the-snapshot --from-literal=a=b");
        Block block = block("Restoring from etcd Backup", 1);
        Block stop = block.until("# On the first server, restore");
        atOnce(() -> play(h(1), stop), () -> play(h(2), stop), () -> play(h(3), stop));
        Shell.Outcome restored =
                play(h(1), block.from("# On the first server, restore").until("# Restart K3s on the first"), INSTALL);
        assertThat(restored.expectSuccess() + restored.err()).contains("etcd-snapshot-h1-");
        install(h(1), block.from("# Restart K3s on the first").until("# On other servers"));
        Block rejoin = block.from("# On other servers");
        atOnce(() -> install(h(2), rejoin), () -> install(h(3), rejoin));
        machines.awaitWhole(h(1), 3, "h1", "h2", "h3");
        kubectl("get configmap before-the-snapshot");
        assertThat(machines.tryRoot(h(1), "kubectl get configmap after-the-snapshot")
                        .expectFailure())
                .contains("not found");
    }

    @Test
    @Order(11)
    void theMonitoringJobsSucceed() throws IOException {
        Block manifest = block("Monitoring etcd Health", 1);
        Path folder = machines.lab().path(h(1), "/home/admin");
        Files.writeString(folder.resolve("etcd-monitor.yaml"), manifest.text());
        play(h(1), block("Monitoring etcd Health", 2));
        // the schedule's next run may be five minutes away: one is started by hand, and a second schedule is quicker
        kubectl("create job -n kube-system now --from=cronjob/etcd-health-check");
        String quicker =
                manifest.text().replace("etcd-health-check", "each-minute").replace("*/5 * * * *", "* * * * *");
        Files.writeString(folder.resolve("each-minute.yaml"), quicker);
        kubectl("apply -f /home/admin/each-minute.yaml");
        kubectl("wait -n kube-system --for=condition=Complete job/now --timeout=100s");
        root(h(1), "k3s certificate trust");
        String script = kubectl("get configmap -n kube-system etcd-monitor-script -o 'jsonpath={.data.monitor\\.sh}'");
        String endpoints = script.lines()
                .filter(line -> line.contains("ETCD_ENDPOINTS=$("))
                .findFirst()
                .orElseThrow();
        assertThat(root(h(1), endpoints + "; echo $ETCD_ENDPOINTS").strip().split(","))
                .containsExactlyInAnyOrder(machines.address("h1"), machines.address("h2"), machines.address("h3"));
        assertThat(root(h(1), script)).doesNotContain("ALERT");
    }

    @Test
    @Order(12)
    void aFailedServerIsRemovedAndReplaced() {
        machines.lab().powerOff(h(3));
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
        assertThat(members()).hasSize(2);
        install(h(6), block("Handling Server Node Failures", 2));
        machines.awaitWhole(h(1), 3, "h6");
        assertThat(kubectl("get nodes")).doesNotContain("h3");
    }

    @Test
    @Order(13)
    void tuningFlagsAct() {
        Block block = block("Optimizing for Edge Constraints", 1);
        // there the unit's override has a command of its own
        assertThat(play(h(1), block, INSTALL).err()).contains("override.conf").contains("do not act");
        install(h(6), block);
        assertThat(root(h(6), "curl -sf http://127.0.0.1:2381/metrics"))
                .containsPattern("etcd_server_quota_backend_bytes 2\\.?147483648");
        assertThat(machines.environment(h(6), "k3s"))
                .contains("max-requests-inflight=100")
                .contains("max-mutating-requests-inflight=50");
        machines.awaitWhole(h(1), 3, "h1", "h6");
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
        kubectl("run stays --image=nginx --overrides='{\"spec\":{\"nodeName\":\"h2\"}}'");
        kubectl("wait --for=condition=Ready pod/stays --timeout=100s");
        String container = root(h(2), "crictl ps --name stays -q");
        machines.offerNewerBuild();
        Block install = block("Joining Additional Server Nodes", 1);
        install(h(2), new Block("", "bash", "export INSTALL_K3S_VERSION=" + Machines.NEWER + "\n" + install.text()));
        assertThat(root(h(2), "readlink /proc/$(systemctl show -p MainPID --value k3s)/exe"))
                .contains("/data/" + Machines.NEWER);
        machines.awaitWhole(h(1), 3, "h2");
        assertThat(root(h(2), "crictl ps --name stays -q")).isNotEmpty().isEqualTo(container);
    }

    @Test
    @Order(16)
    void anUninstalledMachineIsAsItWasAndCanBeInstalledAgain() {
        assertThat(bare.get(h(4))).contains("/usr/bin/env", "link eth0");
        kubectl("delete node h4 h6 --timeout=100s");
        atOnce(() -> root(h(4), "k3s-agent-uninstall.sh"), () -> root(h(6), "k3s-uninstall.sh"));
        for (String host : List.of("h4", "h6")) {
            assertThat(traces(host)).isEqualTo(bare.get(host));
            machines.provideImages(host);
        }
        Block agent = block("Joining Agent Nodes", 1);
        Block server = block("Handling Server Node Failures", 2);
        atOnce(() -> install("h4", agent), () -> install("h6", server));
        machines.awaitWhole(h(1), 3, "h4", "h6");
    }

    @Test
    @Order(17)
    void monitoringJobsRunByTheirSchedule() {
        Await.until(
                "a job of the schedule has succeeded",
                INSTALL,
                () -> kubectl("get jobs -n kube-system --no-headers")
                        .lines()
                        .anyMatch(line -> line.matches("each-minute-\\d+ +Complete .*")),
                () -> kubectl("get jobs,cronjobs -n kube-system"));
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
