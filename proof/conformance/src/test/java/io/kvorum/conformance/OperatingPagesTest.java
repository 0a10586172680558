package io.kvorum.conformance;

import static io.kvorum.conformance.Machines.COMMAND;
import static io.kvorum.conformance.Machines.INSTALL;
import static io.kvorum.conformance.Machines.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every command of the pages for operators, as it stands there, on machines that boot systemd: a server, one that joins it
 * (h2), and an agent that becomes a new machine for a migration (h3). The steps build on each other.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OperatingPagesTest {
    private static final String CONFIG = "/etc/rancher/k3s/config.yaml";
    private static final String TIMINGS = "etcd-arg: [heartbeat-interval=300, election-timeout=3000]\n";
    private static final String SNAPSHOTS = "/var/lib/rancher/k3s/server/db/snapshots/";

    @RegisterExtension
    static final StepByStep STEPS = new StepByStep();

    private static Machines machines;
    private static Pages pages;
    private static String token = "K10...";
    private static String saved = "";
    /** Flags of the second server. */
    private static final List<String> tuning = new ArrayList<>();

    /** All that is replaced in the pages' commands, besides what a test learns on its way. */
    private static Map<String, String> substitutions() {
        Map<String, String> table = new LinkedHashMap<>();
        table.put("http://ADDRESS/install.sh", machines.script());
        table.put("https://FIRST:", "https://" + machines.address("h1") + ":");
        table.put("https://SERVER:", "https://" + machines.address("h1") + ":");
        table.put("https://192.168.1.10:", "https://" + machines.address("h1") + ":");
        table.put("K10...", token);
        return table;
    }

    @BeforeAll
    static void boot() throws IOException {
        Path root = Lab.repository();
        List<Path> files = new ArrayList<>(List.of(root.resolve("README.md"), root.resolve("docs/snapshots.md")));
        try (var operating = Files.list(root.resolve("docs/operating"))) {
            operating.sorted().forEach(files::add);
        }
        pages = Pages.read(files, "tuning.md");
        machines = Machines.boot(3);
        for (String host : List.of("h1", "h2", "h3")) {
            machines.root(host, "mkdir -p /media/stick; ln -s %s /media/stick/release".formatted(Machines.releases()));
        }
        machines.provideImages("h1");
    }

    @AfterAll
    static void down() {
        if (machines != null) {
            machines.close();
        }
    }

    private static String text(String command, String... replaced) {
        return pages.take(command, substitutions(), replaced);
    }

    /** Types what stands so on a page, which must succeed. */
    private static String type(String host, String command, String... replaced) {
        return machines.patiently(host, text(command, replaced));
    }

    /** As above, of what says what it does on the error output. */
    private static String typeAndSeeAll(String host, String command, String... replaced) {
        return machines.tryRoot(host, INSTALL, "{ " + text(command, replaced) + "; } 2>&1")
                .expectSuccess();
    }

    /** Types something that goes on until it is killed. */
    private static void leaveRunning(String host, String command) {
        machines.lab()
                .spawn(host, "typed", List.of("bash", "-c", "cd %s; exec %s".formatted(Lab.repository(), command)));
    }

    private static void awaitReady(String by, String kubectl, String node) {
        Await.until(
                node + " is Ready",
                INSTALL,
                () -> machines.tryRoot(by, kubectl).out().lines().anyMatch(line -> line.matches(node + " +Ready .*")),
                () -> machines.lab().log(node, "typed"));
    }

    @Test
    @Order(1)
    void aBuiltDistributionRunsAsItIs() throws IOException {
        String folder = "cd " + Lab.repository() + "; ";
        assertThat(machines.root("h1", folder + text("dist/target/kvorum/bin/kvorum check-config")))
                .contains("ok")
                .doesNotContain("missing");
        // all servers with the timings that the second is told by flags
        Path settings = Files.createDirectories(machines.lab().path("h1", "/etc/rancher/k3s"));
        Files.writeString(settings.resolve("config.yaml"), TIMINGS);
        leaveRunning("h1", text("dist/target/kvorum/bin/kvorum server --cluster-init --write-kubeconfig-mode 644"));
        String nodes = folder + text("dist/target/kvorum/bin/kubectl get nodes");
        awaitReady("h1", nodes, "h1");
        token = machines.root("h1", text("cat /var/lib/rancher/k3s/server/token"))
                .strip();

        for (String flags : List.of(
                "--kube-apiserver-arg=max-requests-inflight=100",
                "--kube-apiserver-arg=max-mutating-requests-inflight=50",
                "--etcd-arg=quota-backend-bytes=2147483648",
                "--etcd-arg=heartbeat-interval=300 --etcd-arg=election-timeout=3000",
                "--kube-controller-manager-arg=node-monitor-grace-period=16s",
                "--node-taint node-role.kubernetes.io/control-plane=true:NoSchedule")) {
            tuning.add(text(flags));
        }
        leaveRunning(
                "h2",
                text("dist/target/kvorum/bin/kvorum server --server https://SERVER:6443 --token K10...") + " "
                        + String.join(" ", tuning));
        leaveRunning("h3", text("dist/target/kvorum/bin/kvorum agent --server https://SERVER:6443 --token K10..."));
        awaitReady("h1", nodes, "h2");
        awaitReady("h1", nodes, "h3");
        assertThat(machines.root("h1", folder + text("dist/target/kvorum/bin/etcdctl endpoint status -w table")))
                .contains("ENDPOINT", "127.0.0.1:2379");
        assertThat(machines.root(
                        "h1", folder + "dist/target/kvorum/bin/kubectl get node h2 -o 'jsonpath={.spec.taints}'"))
                .contains("node-role.kubernetes.io/control-plane", "NoSchedule");
        assertThat(machines.root("h2", "curl -sf http://127.0.0.1:2381/metrics"))
                .containsPattern("etcd_server_quota_backend_bytes 2\\.?147483648");
        for (String host : List.of("h1", "h2", "h3")) {
            machines.lab().kill(host, "typed", "TERM");
        }
        for (String host : List.of("h1", "h2", "h3")) {
            Await.until(
                    "the process on " + host + " ends",
                    COMMAND,
                    () -> !machines.lab().isRunning(host, "typed"));
        }
    }

    @Test
    @Order(2)
    void servicesAreInstalledFromAStickAndFromAnAddress() throws IOException {
        machines.root("h2", "echo '%s' >/etc/default/k3s".formatted(text("KVORUM_JVM_OPTIONS=\"-Xmx384m\"")));
        // two of the cluster's two servers: either waits for the other
        String stick = "GITHUB_URL=/media/stick/release sh /media/stick/release/install.sh server --cluster-init";
        String join =
                text("curl -sfL http://ADDRESS/install.sh | sh -s - server --server https://FIRST:6443 --token K10...")
                        + " " + String.join(" ", tuning);
        String first = text(stick);
        atOnce(
                () -> machines.tryRoot("h1", INSTALL, first).expectSuccess(),
                () -> machines.tryRoot("h2", INSTALL, join).expectSuccess());
        machines.awaitWhole("h1", 2, "h1", "h2");
        assertThat(machines.root("h2", "tr '\\0' ' ' </proc/$(systemctl show -p MainPID --value k3s)/cmdline"))
                .contains("-Xmx384m")
                .doesNotContain(token);
        assertThat(machines.root("h2", "stat -c %a /etc/systemd/system/k3s.service.env")
                        .strip())
                .isEqualTo("600");
        assertThat(machines.root("h2", "cat /etc/systemd/system/k3s.service")).doesNotContain(token);

        // again by the other ways: there is nothing to do
        assertThat(type("h1", "curl -sfL http://ADDRESS/install.sh | sh -s - server --cluster-init"))
                .contains("nothing changed");
        assertThat(machines.root(
                        "h1",
                        "cd /media/stick/release; GITHUB_URL=file:///media/stick/release "
                                + text("sh install.sh server --cluster-init")))
                .contains("nothing changed");
        assertThat(type("h1", "k3s check-config")).doesNotContain("missing");
        assertThat(type("h1", "k3s server --help")).contains("--cluster-init", "does nothing");
        assertThat(type("h1", "k3s agent --help")).contains("--server", "does nothing");
        assertThat(type("h1", "kubectl get nodes")).contains("h1", "h2", "h3");
    }

    @Test
    @Order(3)
    void agentsJoinByATokenForATimeAndReadConfigurationFiles() throws IOException {
        String made = type("h1", "k3s token create --ttl 1h").strip();
        assertThat(made).matches("K10[0-9a-f]{64}::[a-z0-9]{6}\\.[a-z0-9]{16}");
        Path host = machines.lab().path("h3", "/etc/rancher/k3s");
        Files.createDirectories(host);
        Files.writeString(host.resolve("registries.yaml"), pages.takeFile("mirrors:", substitutions()));
        machines.root("h3", """
                cp /etc/ssl/certs/ca-certificates.crt /etc/rancher/k3s/mirror-ca.pem
                rm -f /var/lib/rancher/k3s/agent/*.crt /var/lib/rancher/k3s/agent/*.key
                """);
        type(
                "h3",
                "curl -sfL http://ADDRESS/install.sh | sh -s - agent  --server https://FIRST:6443 --token K10...",
                "K10...",
                made);
        Await.until(
                "the agent has certificates of its own",
                INSTALL,
                () -> machines.tryRoot("h3", "ls /var/lib/rancher/k3s/agent/client-kubelet.crt")
                                .exitCode()
                        == 0,
                () -> machines.journal("h3"));
        machines.awaitWhole("h1", 2, "h3");
        assertThat(machines.root("h3", "cat /var/lib/rancher/k3s/agent/etc/containerd/certs.d/docker.io/hosts.toml"))
                .contains("https://mirror.shop.local:5000", "mirror-ca.pem");
        assertThat(machines.root("h3", "cat /var/lib/rancher/k3s/agent/etc/containerd/config.toml"))
                .contains("till", "SECRET");

        String listed = type("h1", "k3s token list");
        assertThat(listed).contains(made.replaceFirst(".*::([a-z0-9]{6})\\..*", "$1"));
        String other = type("h1", "k3s token create --ttl 24h --description \"new till\"")
                .strip();
        String id = other.replaceFirst(".*::([a-z0-9]{6})\\..*", "$1");
        assertThat(machines.root("h1", "k3s token list")).contains(id, "new till");
        assertThat(type("h1", "k3s token delete ID", "ID", id)).contains(id);
        assertThat(machines.root("h1", "k3s token list")).doesNotContain(id);
    }

    @Test
    @Order(4)
    void imagesTravelOnAStick() {
        type("h1", "k3s ctr images export /media/stick/nginx.tar docker.io/library/nginx:latest");
        // the agent was started without any image of nginx
        copy("h1", "h3", "/media/stick/nginx.tar");
        machines.root("h3", "mkdir -p /var/lib/rancher/k3s/agent/images");
        type("h3", "cp /media/stick/nginx.tar /var/lib/rancher/k3s/agent/images/");
        machines.root("h3", "systemctl restart k3s-agent");
        machines.kubectl("h1", "run web --image=nginx --overrides='{\"spec\":{\"nodeName\":\"h3\"}}'");
        machines.kubectl("h1", "wait --for=condition=Ready pod/web --timeout=100s");
        assertThat(type("h1", "kubectl get pods -A")).contains("web");
        String ip = machines.kubectl("h1", "get pod web -o jsonpath={.status.podIP}");
        machines.root("h1", "curl -sf http://" + ip);
        assertThat(machines.root("h1", text("kubectl logs") + " web")).contains("GET /");
        assertThat(machines.root("h3", text("crictl logs") + " $(crictl ps --name web -q) 2>&1"))
                .contains("GET /");
        assertThat(type("h1", "crictl ps")).contains("etcd");
        assertThat(machines.root("h1", text("crictl exec") + " $(crictl ps --name etcd -q) etcdctl member list"))
                .contains("h1-", "h2-");
    }

    private static void copy(String from, String to, String file) {
        try {
            Path there = machines.lab().path(to, "/").resolve(file.substring(1));
            Files.createDirectories(there.getParent());
            Files.copy(
                    machines.lab().path(from, "/").resolve(file.substring(1)),
                    there,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Order(5)
    void healthAndMetricsAreWhereThePageSays() throws IOException {
        assertThat(machines.tryRoot("h1", "curl -sf https://%s:2379/health".formatted(machines.address("h1")))
                        .exitCode())
                .isNotZero();
        type("h1", "k3s certificate trust");
        assertThat(type("h1", "curl -sf https://SERVER:2379/health")).contains("true");
        for (String health : List.of(
                "kubectl get --raw /livez", "kubectl get --raw /readyz", "kubectl get --raw '/readyz?mode=read'")) {
            assertThat(type("h1", health)).as(health).isEqualTo("ok");
        }
        Files.writeString(
                machines.lab().path("h3", "/root").resolve("haproxy.cfg"), pages.takeFile("defaults\n", Map.of()));
        machines.root("h3", "haproxy -c -f /root/haproxy.cfg");
        assertThat(type("h1", "kubectl get --raw '/readyz?verbose'")).contains("[+]", "readyz check passed");
        assertThat(machines.root("h1", "curl -sfk " + text("https://SERVER:6443/ping")))
                .isEqualTo("pong");
        assertThat(machines.root("h1", "curl -sf " + text("https://SERVER:2379/health")))
                .contains("true");
        assertThat(machines.root("h1", "curl -sf " + text("https://SERVER:2379/metrics")))
                .contains("etcd_server_has_leader 1");
        assertThat(machines.root("h1", "curl -sf " + text("http://127.0.0.1:2381") + "/health"))
                .contains("true");
        assertThat(machines.root("h1", "curl -sf " + text("http://127.0.0.1:2381/metrics")))
                .contains(
                        "etcd_server_has_leader 1",
                        "etcd_server_leader_changes_seen_total",
                        "etcd_mvcc_db_total_size_in_bytes");
        assertThat(type("h1", "kubectl get --raw /metrics")).contains("apiserver_request_total");
        assertThat(machines.root(
                        "h1",
                        "cd /var/lib/rancher/k3s/server/tls; curl -sf --cert client-admin.crt --key client-admin.key "
                                + text("https://SERVER:6443/metrics")))
                .contains("k3s_certificate_expiration_seconds");
        assertThat(type("h1", "etcdctl endpoint health --cluster").lines().filter(line -> line.contains("is healthy")))
                .hasSize(2);
        assertThat(type("h1", "etcdctl endpoint status --cluster -w table")).contains("IS LEADER");
        assertThat(type("h1", "kubectl get endpoints -n kube-system etcd")).contains(machines.address("h1") + ":2379");
        type("h1", "k3s certificate trust --remove");
        assertThat(machines.tryRoot("h1", "curl -sf https://%s:2379/health".formatted(machines.address("h1")))
                        .exitCode())
                .isNotZero();
        assertThat(type("h1", "k3s certificate check --output table"))
                .contains("FILENAME", "SUBJECT", "EXPIRES")
                .containsIgnoringCase("ok");
        assertThat(type("h1", "k3s certificate check")).contains("client-admin.crt");
        type("h1", "k3s certificate rotate");
        assertThat(type("h1", "journalctl -u k3s")).contains("the server is ready");
        assertThat(type("h1", "journalctl -u k3s -n 50")).isNotBlank();
        assertThat(type("h1", "etcdctl alarm list")).isBlank();
        assertThat(type("h1", "etcdctl defrag")).contains("Finished defragmenting");
        assertThat(type("h1", "etcdctl alarm disarm")).isBlank();
    }

    @Test
    @Order(6)
    void snapshotsAreSavedComparedAndRestored() throws IOException {
        machines.kubectl("h1", "create namespace shop");
        machines.kubectl("h1", "create configmap prices -n shop --from-literal=tea=3");
        String earlier = name(type("h1", "k3s etcd-snapshot save --name before-upgrade"));
        assertThat(earlier).startsWith("before-upgrade-h1-");
        machines.kubectl("h1", "create configmap later -n shop --from-literal=a=b");
        saved = name(type("h1", "k3s etcd-snapshot save"));
        assertThat(saved).startsWith("on-demand-h1-");
        assertThat(type("h1", "k3s etcd-snapshot list")).contains(earlier, saved);
        assertThat(type("h1", "kubectl get etcdsnapshotfiles")).contains(saved);
        assertThat(type("h1", "k3s etcd-snapshot verify NAME", "NAME", saved)).contains("is whole");
        assertThat(type("h1", "k3s etcd-snapshot show NAME", "NAME", saved)).containsPattern("configmaps +\\d+");
        Shell.Outcome difference = machines.tryRoot(
                "h1", text("k3s etcd-snapshot diff EARLIER LATER", "EARLIER", earlier, "LATER", saved));
        assertThat(difference.exitCode()).isEqualTo(1);
        assertThat(difference.out())
                .contains("+ /registry/configmaps/shop/later")
                .doesNotContain("shop/prices");
        assertThat(type("h1", "k3s etcd-snapshot diff EARLIER LATER", "EARLIER", saved, "LATER", saved))
                .isEmpty();
        assertThat(type("h1", "k3s etcd-snapshot restore --dry-run NAME", "NAME", saved))
                .isNotBlank();
        machines.kubectl("h1", "delete namespace shop --timeout=100s");
        type("h1", "k3s etcd-snapshot restore --namespace shop NAME", "NAME", saved);
        assertThat(machines.kubectl("h1", "get configmap prices -n shop -o jsonpath={.data.tea}"))
                .isEqualTo("3");
        type("h1", "k3s etcd-snapshot delete NAME...", "NAME...", earlier);
        type("h1", "k3s etcd-snapshot prune --name on-demand --snapshot-retention 3");
        assertThat(machines.root("h1", "ls " + SNAPSHOTS)).contains(saved).doesNotContain(earlier);
        // a real etcdctl, of this machine
        new Shell()
                .with("ETCDCTL_API", "3")
                .run(
                        COMMAND,
                        List.of(
                                "sh",
                                "-c",
                                text("etcdctl snapshot status") + " "
                                        + machines.lab().path("h1", SNAPSHOTS + saved)))
                .expectSuccess();

        machines.root("h1", """
                cd /root
                echo 'correct horse battery' >words
                openssl genpkey -algorithm X25519 -out private.pem
                openssl pkey -in private.pem -pubout -out public.pem
                """);
        machines.root(
                "h1",
                "cd /root; "
                        + text(
                                "k3s etcd-snapshot save --bundle FILE --passphrase-file WORDS",
                                "FILE",
                                "by-words.bundle",
                                "WORDS",
                                "words"));
        machines.root(
                "h1",
                "cd /root; "
                        + text(
                                "k3s etcd-snapshot save --bundle FILE --recipient PUBLIC",
                                "FILE",
                                "by-key.bundle",
                                "PUBLIC",
                                "public.pem"));
    }

    /** The name in what a save says. */
    private static String name(String said) {
        return said.replaceFirst("(?s).*Snapshot (\\S+) saved.*", "$1");
    }

    @Test
    @Order(7)
    void theLastServerStandsAloneAndTheOtherComesBack() throws IOException {
        type("h2", "systemctl stop k3s");
        type("h1", "systemctl stop k3s");
        type("h1", "k3s server --cluster-reset");
        type("h1", "systemctl start k3s");
        machines.awaitWhole("h1", 1, "h1");
        machines.kubectl("h1", "get configmap prices -n shop");
        rejoin();

        String list = type("h1", "etcdctl member list");
        String member = list.lines()
                .filter(line -> line.contains(", h2-"))
                .findFirst()
                .orElseThrow()
                .replaceFirst(",.*", "");
        type("h1", "etcdctl member remove ID", "ID", member);
        assertThat(machines.members("h1")).hasSize(1);
        // from now on a file says it all
        Files.writeString(
                machines.lab().path("h2", "/etc/rancher/k3s").resolve("config.yaml"),
                pages.takeFile("token: ", substitutions()) + TIMINGS);
        machines.root("h2", "INSTALL_K3S_SKIP_START=true sh /media/stick/release/install.sh server");
        assertThat(machines.root("h2", "cat /etc/systemd/system/k3s.service.env"))
                .doesNotContain("K3S_TOKEN");
        rejoin();
        assertThat(machines.root(
                        "h2",
                        "openssl s_client -connect 127.0.0.1:6443 </dev/null 2>/dev/null"
                                + " | openssl x509 -noout -ext subjectAltName"))
                .contains("edge-cluster.local");
        assertThat(machines.root("h2", "cat " + CONFIG)).contains(token);
    }

    /** The second server without its member's data. */
    private static void rejoin() {
        type("h2", "systemctl stop k3s");
        type("h2", "rm -rf /var/lib/rancher/k3s/server/db/etcd");
        type("h2", "systemctl start k3s");
        machines.awaitWhole("h1", 2, "h2");
    }

    @Test
    @Order(8)
    void aClusterOfK3sMovesToANewMachine() throws IOException {
        type("h1", "kubectl delete node NAME", "NAME", "h3");
        type("h3", "k3s-agent-uninstall.sh");
        assertThat(machines.root("h3", "ls /usr/local/bin /var/lib/rancher /etc/systemd/system"))
                .doesNotContain("k3s");
        copy("h1", "h3", SNAPSHOTS + saved);
        machines.root("h3", "mv %s /root/snapshot".formatted(SNAPSHOTS + saved));

        machines.root("h3", "INSTALL_K3S_SKIP_ENABLE=true sh /media/stick/release/install.sh server");
        assertThat(machines.root("h3", "systemctl is-active k3s || true; systemctl is-enabled k3s || true"))
                .isEqualTo("inactive\ndisabled\n");
        assertThat(machines.root(
                        "h3",
                        "cd /media/stick/release; "
                                + text("INSTALL_K3S_SKIP_START=true sh install.sh server --cluster-init") + " "
                                + text("--disable-agent")))
                .doesNotContain("starting");
        assertThat(machines.root("h3", "systemctl is-active k3s || true; systemctl is-enabled k3s"))
                .isEqualTo("inactive\nenabled\n");
        typeAndSeeAll(
                "h3",
                "k3s server --cluster-reset --cluster-reset-restore-path=/path/to/SNAPSHOT --token=TOKEN",
                "/path/to/SNAPSHOT",
                "/root/snapshot",
                "TOKEN",
                token);
        // once more, of the server's own folder
        machines.root(
                "h3",
                "rm /var/lib/rancher/k3s/server/db/reset-flag; mkdir -p %1$s; mv /root/snapshot %1$s%2$s"
                        .formatted(SNAPSHOTS, saved));
        assertThat(typeAndSeeAll(
                        "h3",
                        "k3s server --cluster-reset --cluster-reset-restore-path=NAME [--token=...]",
                        "NAME",
                        "on-demand",
                        " [--token=...]",
                        ""))
                .contains(saved);
        type("h3", "systemctl start k3s");
        assertThat(machines.root("h3", "cat /var/lib/rancher/k3s/server/token").strip())
                .isEqualTo(token);
        machines.kubectl("h3", "get configmap prices -n shop");
        assertThat(machines.members("h3")).hasSize(1);
        assertThat(machines.root("h3", "pgrep -x containerd || echo no agent")).contains("no agent");
    }

    @Test
    @Order(9)
    void authoritiesAndTokensAreExchanged() {
        String authority = machines.root("h3", "cat /var/lib/rancher/k3s/server/tls/server-ca.crt");
        type("h3", "k3s certificate rotate-ca");
        machines.root("h3", "systemctl restart k3s");
        assertThat(machines.root("h3", "cat /var/lib/rancher/k3s/server/tls/server-ca.crt"))
                .isNotEqualTo(authority);
        assertThat(type("h3", "k3s secrets-encrypt status")).contains("Disabled, no configuration file found");
        type("h3", "k3s secrets-encrypt enable");
        assertThat(type("h3", "k3s secrets-encrypt rotate-keys")).contains("reencryption finished");
        assertThat(machines.root("h3", "k3s secrets-encrypt status")).contains("Enabled", "reencrypt_finished");
        type("h3", "k3s secrets-encrypt disable");
        String password = token.replaceFirst(".*:", "");
        typeAndSeeAll("h3", "k3s token rotate --token OLD --new-token NEW", "OLD", password, "NEW", "another-password");
        assertThat(machines.root("h3", "cat /var/lib/rancher/k3s/server/token"))
                .endsWith("::server:another-password\n");
        machines.root("h3", "k3s etcd-snapshot save --name rotated; k3s etcd-snapshot verify rotated");
        type("h3", "k3s-killall.sh");
        assertThat(machines.root("h3", "systemctl is-active k3s || true").strip())
                .isEqualTo("inactive");
    }

    @Test
    @Order(10)
    void aServerIsTakenOutAndItsMachineRestoredByABundleUnderOpenRc() throws IOException {
        type("h1", "kubectl delete node NAME", "NAME", "h2");
        Await.until("its member is gone", COMMAND, () -> machines.members("h1").size() == 1);
        type("h2", "k3s-uninstall.sh");
        assertThat(machines.root("h2", "ls /usr/local/bin /var/lib/rancher /etc/systemd/system"))
                .doesNotContain("k3s");
        OpenRc.replaceSystemd(machines, "h2");

        for (String name : List.of("by-words.bundle", "by-key.bundle", "words", "private.pem")) {
            copy("h1", "h2", "/root/" + name);
        }
        machines.root(
                "h2",
                "cd /media/stick/release; "
                        + text("INSTALL_K3S_SKIP_START=true sh install.sh server --cluster-init")
                        + " --disable-agent --node-name 'h2' --private-registry \"/etc/rancher/k3s/a till's.yaml\" --token not-in-the-unit");
        assertThat(machines.root("h2", "cat /etc/init.d/k3s")).doesNotContain("not-in-the-unit");
        assertThat(machines.root(
                        "h2", "sh -n /etc/init.d/k3s; stat -c %a /etc/rancher/k3s/k3s.env; cat /etc/runlevels"))
                .isEqualTo("600\nk3s default\n");
        machines.root("h2", "rm /etc/rancher/k3s/k3s.env");
        restoreBundle("k3s etcd-snapshot restore FILE --identity PRIVATE", "by-key.bundle", "PRIVATE", "private.pem");
        machines.root("h2", "rm -r /var/lib/rancher/k3s/server");
        restoreBundle("k3s etcd-snapshot restore FILE --passphrase-file WORDS", "by-words.bundle", "WORDS", "words");
        machines.root("h2", "rc-service k3s start");
        Await.until(
                "the restored server answers",
                INSTALL,
                () -> machines.tryRoot("h2", "kubectl get configmap prices -n shop")
                                .exitCode()
                        == 0,
                () -> machines.root("h2", "tail -n 40 /var/log/k3s.log"));
        assertThat(machines.root("h2", "cat /var/lib/rancher/k3s/server/token").strip())
                .isEqualTo(token);
        machines.root("h2", "rc-service k3s stop; k3s-uninstall.sh");
        assertThat(machines.root("h2", "ls /usr/local/bin /var/lib/rancher /etc/init.d /var/log /etc/logrotate.d"))
                .doesNotContain("k3s");
        assertThat(machines.root("h2", "cat /etc/runlevels")).isEmpty();
    }

    private static void restoreBundle(String command, String bundle, String word, String file) {
        String restore = text(command, "FILE", bundle, word, file);
        machines.tryRoot("h2", INSTALL, "cd /root; " + restore).expectSuccess();
    }

    @Test
    @Order(11)
    void noCommandWasLeftOut() {
        TypedElsewhere.commands().keySet().forEach(OperatingPagesTest::text);
        assertThat(pages.left()).isEmpty();
        String usage = new Shell()
                .run(COMMAND, List.of(Lab.repository().resolve("dev").toString()))
                .expectSuccess();
        for (String command : pages.beginningWith("./dev ")) {
            assertThat(usage).containsPattern("  " + command.split(" ")[1] + "\\b");
        }
    }
}
