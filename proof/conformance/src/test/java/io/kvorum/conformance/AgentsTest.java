package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** One server and two agents: pods of three machines as one cluster, and what happens when one of them goes. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AgentsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(60);

    private static Lab lab;
    private static OneServer server;
    private static JoinedAgent second;
    private static JoinedAgent third;
    private static Duration joined;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.up("agents", "10.97.0", 3);
        server = OneServer.start(lab, "--kube-controller-manager-arg", "node-monitor-grace-period=20s");
        long begun = System.nanoTime();
        second = JoinedAgent.join(server, "h2");
        third = JoinedAgent.join(server, "h3");
        second.awaitReady();
        third.awaitReady();
        joined = Duration.ofNanos(System.nanoTime() - begun);
        server.apply(OBJECTS);
        server.kubectl("rollout", "status", "daemonset/web", "--timeout=60s");
        server.kubectl("wait", "--for=condition=Ready", "pod/asker", "--timeout=60s");
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    /** One web pod per node behind a Service, and one pod of the second node that asks. */
    private static final String OBJECTS = """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - {name: main, image: nginx}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              type: NodePort
              selector: {app: web}
              ports:
              - {port: 80, nodePort: 30080}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: asker}
            spec:
              nodeName: h2
              containers:
              - {name: main, image: nginx}
            """;

    private static final String MOVER = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: mover}
            spec:
              replicas: 1
              selector: {matchLabels: {app: mover}}
              template:
                metadata: {labels: {app: mover}}
                spec:
                  affinity:
                    nodeAffinity:
                      preferredDuringSchedulingIgnoredDuringExecution:
                      - weight: 100
                        preference:
                          matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [h3]}]
                  tolerations:
                  - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 2}
                  - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 2}
                  containers:
                  - {name: main, image: nginx}
            """;

    @Test
    @Order(1)
    void agentsJoinWithTheTokenAndLookLikeK3sAgents() throws IOException {
        assertThat(joined).isLessThan(JOIN_LIMIT);
        assertThat(server.kubectl("get", "nodes"))
                .containsPattern("h1\\s+Ready\\s+control-plane")
                .containsPattern("h2\\s+Ready\\s+<none>")
                .containsPattern("h3\\s+Ready\\s+<none>");
        Path folder = second.path("/var/lib/rancher/k3s/agent");
        for (String file : List.of(
                "client-ca.crt",
                "server-ca.crt",
                "client-kubelet.crt",
                "client-kube-proxy.key",
                "serving-kubelet.crt",
                "kubelet.kubeconfig",
                "etc/k3s-agent-load-balancer.json")) {
            assertThat(folder.resolve(file)).exists();
        }
        assertThat(mode(second.path("/etc/rancher/node/password"))).isEqualTo("rw-------");
        assertThat(mode(folder.resolve("client-kubelet.key"))).isEqualTo("rw-------");
    }

    @Test
    @Order(2)
    void podsOfAllNodesReachEachOther() {
        for (String address : webAddresses()) {
            assertThat(ask("http://" + address + "/")).contains("Welcome to nginx!");
        }
        assertThat(new TreeSet<>(webAddresses())).hasSize(3);
    }

    @Test
    @Order(3)
    void aServiceAndNamesWorkOnEveryNode() {
        for (int i = 0; i < 10; i++) {
            assertThat(ask("http://web.default.svc.cluster.local/")).contains("Welcome to nginx!");
        }
        for (String host : List.of("h1", "h2", "h3")) {
            assertThat(lab.exec("h1", SOON, "curl", "-sf", "--max-time", "5", "http://" + lab.address(host) + ":30080/")
                            .expectSuccess())
                    .contains("Welcome to nginx!");
        }
        String script = "D=/var/run/secrets/kubernetes.io/serviceaccount; "
                + "curl -s --max-time 5 --cacert $D/ca.crt -H \"Authorization: Bearer $(cat $D/token)\" "
                + "https://kubernetes.default/api/v1/namespaces/default/pods";
        assertThat(server.kubectl("exec", "asker", "--", "sh", "-c", script))
                .contains("system:serviceaccount:default:default");
    }

    @Test
    @Order(4)
    void kubectlReachesPodsOfAgents() {
        String pod = webPodOf("h3");
        assertThat(ask("http://" + server.kubectl("get", "pod", pod, "-o", "jsonpath={.status.podIP}") + "/"))
                .contains("Welcome");

        assertThat(server.kubectl("logs", pod)).contains("GET / HTTP/1.1");
        assertThat(server.kubectl("exec", pod, "--", "hostname")).isEqualTo(pod + "\n");
        assertThat(server.tryKubectl("exec", pod, "--", "sh", "-c", "exit 7").exitCode())
                .isEqualTo(7);
        assertThat(server.kubectl("get", "--raw", "/api/v1/nodes/h3/proxy/healthz"))
                .isEqualTo("ok");
        assertThat(server.kubectl("get", "--raw", "/api/v1/namespaces/default/services/web/proxy/"))
                .contains("Welcome to nginx!");
    }

    /** As behind a firewall, or a router that translates addresses. */
    @Test
    @Order(5)
    void kubectlReachesPodsOfAnAgentWhoseKubeletNobodyCanConnectTo() {
        String pod = webPodOf("h3");
        String closed = "add table inet closed; add chain inet closed in { type filter hook input priority 0; };"
                + " add rule inet closed in iifname \"eth0\" tcp dport 10250 drop";
        lab.exec("h3", SOON, "nft", closed).expectSuccess();
        try {
            assertThat(lab.exec(
                                    "h1",
                                    SOON,
                                    "curl",
                                    "-sk",
                                    "--max-time",
                                    "2",
                                    "https://" + lab.address("h3") + ":10250/")
                            .exitCode())
                    .as("the kubelet's port is closed")
                    .isNotZero();

            assertThat(server.kubectl("logs", pod)).contains("GET / HTTP/1.1");
            assertThat(server.kubectl("exec", pod, "--", "hostname")).isEqualTo(pod + "\n");
            assertThat(server.kubectl("exec", pod, "--", "sh", "-c", "head -c 3000000 /dev/zero | tr '\\\\0' x"))
                    .hasSize(3_000_000);
            assertThat(server.tryKubectl("exec", pod, "--", "sh", "-c", "exit 7")
                            .exitCode())
                    .isEqualTo(7);
            assertThat(server.kubectl("get", "--raw", "/api/v1/nodes/h3/proxy/healthz"))
                    .isEqualTo("ok");
        } finally {
            lab.exec("h3", SOON, "nft", "delete table inet closed").expectSuccess();
        }
    }

    @Test
    @Order(6)
    void theKubeletsDoorIsForTheClusterAlone() {
        String door = "https://" + lab.address("h3") + ":10250/pods";

        assertThat(status("curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", door))
                .isEqualTo("401");
        String folder = "/var/lib/rancher/k3s/agent/";
        assertThat(status(
                        "curl",
                        "-s",
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{http_code}",
                        "--cacert",
                        folder + "server-ca.crt",
                        "--cert",
                        folder + "client-kubelet.crt",
                        "--key",
                        folder + "client-kubelet.key",
                        door))
                .isEqualTo("403");
    }

    private static String status(String... command) {
        return lab.exec("h2", SOON, command).expectSuccess();
    }

    @Test
    @Order(7)
    void anAgentThatIsKilledAndStartedAgainTouchesNoPod() {
        String before = containers();
        second.restart();
        second.awaitLog("the node is ready");

        assertThat(containers()).isEqualTo(before);
        assertThat(ask("http://web/")).contains("Welcome to nginx!");
    }

    @Test
    @Order(8)
    void agentsOutliveTheServersAbsenceAndStartWithoutIt() {
        String before = containers();
        String addressOfThird = server.kubectl("get", "pod", webPodOf("h3"), "-o", "jsonpath={.status.podIP}");
        server.kill("TERM");
        third.restart();
        third.awaitLog("starting with those of last time");
        assertThat(lab.exec("h2", SOON, "curl", "-sf", "--max-time", "5", "http://" + addressOfThird + "/")
                        .expectSuccess())
                .contains("Welcome to nginx!");

        server.start();
        third.awaitLog("the node is ready");
        second.awaitReady();
        third.awaitReady();
        assertThat(containers()).isEqualTo(before);
        server.kubectl("run", "late", "--image=nginx", "--overrides={\"spec\":{\"nodeName\":\"h2\"}}");
        server.kubectl("wait", "--for=condition=Ready", "pod/late", "--timeout=60s");
        server.kubectl("delete", "pod", "late", "--grace-period=1");
    }

    @Test
    @Order(9)
    void thePodsOfANodeThatDiesRunElsewhereAndTheNodeMayComeBack() {
        server.apply(MOVER);
        server.kubectl("rollout", "status", "deployment/mover", "--timeout=60s");
        assertThat(nodesOf("mover")).containsExactly("h3");

        lab.powerOff("h3");

        Await.until("h3 to be NotReady", SOON, () -> !third.isReady());
        Await.until(
                "another pod in its place",
                SOON,
                () -> nodesOf("mover").stream().anyMatch(node -> !node.equals("h3")));
        server.kubectl("rollout", "status", "deployment/mover", "--timeout=60s");
        for (int i = 0; i < 5; i++) {
            assertThat(ask("http://web/")).contains("Welcome to nginx!");
        }

        lab.powerOn("h3");
        third.start();
        third.awaitReady();
        Await.until("the web pod of h3 to answer from another node", SOON, () -> {
            Shell.Outcome pod = server.tryKubectl("get", "pod", webPodOf("h3"), "-o", "jsonpath={.status.podIP}");
            return server.tryKubectl("exec", "asker", "--", "curl", "-sf", "--max-time", "2", "http://" + pod.out())
                    .out()
                    .contains("Welcome to nginx!");
        });
    }

    private static List<String> webAddresses() {
        return List.of(server.kubectl("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].status.podIP}")
                .split(" "));
    }

    private static String webPodOf(String node) {
        return server.kubectl(
                "get",
                "pods",
                "-l",
                "app=web",
                "--field-selector",
                "spec.nodeName=" + node,
                "-o",
                "jsonpath={.items[0].metadata.name}");
    }

    private static List<String> nodesOf(String app) {
        return List.of(server.kubectl(
                        "get",
                        "pods",
                        "-l",
                        "app=" + app,
                        "--field-selector",
                        "status.phase=Running",
                        "-o",
                        "jsonpath={.items[*].spec.nodeName}")
                .split(" "));
    }

    /** Which containers run: the same ids mean that nothing was started anew. */
    private static String containers() {
        return server.kubectl(
                "get",
                "pods",
                "-o",
                "jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[*].containerID}{\"\\n\"}{end}");
    }

    private static String ask(String url) {
        return server.kubectl("exec", "asker", "--", "curl", "-sf", "--max-time", "5", url);
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
