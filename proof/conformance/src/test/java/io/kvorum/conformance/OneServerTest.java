package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** One server, used with kubectl as a person would. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OneServerTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private static Lab lab;
    private static OneServer server;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.up("one", "10.90.0", 1);
        Path manifests = Files.createDirectories(lab.path("h1", "/var/lib/rancher/k3s/server/manifests"));
        Files.writeString(manifests.resolve("hours.yaml"), """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: hours, namespace: deployed}
                data: {open: "9"}
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: deployed}
                ---
                apiVersion: helm.cattle.io/v1
                kind: HelmChart
                metadata: {name: nobody}
                """);
        server = OneServer.start(lab);
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

    @Test
    void theNodeIsReadyWithItsRoles() {
        assertThat(server.kubectl("get", "nodes"))
                .contains("h1")
                .contains(" Ready ")
                .contains("control-plane");
    }

    @Test
    void filesInTheServersFolderOfManifestsAreAppliedAndEventsTellWhatIsNot() {
        Await.until(
                "the manifest is applied",
                Duration.ofSeconds(20),
                () -> server.tryKubectl("-n", "deployed", "get", "configmap", "hours")
                                .exitCode()
                        == 0);
        Await.until(
                "an Event tells of the rest",
                Duration.ofSeconds(20),
                () -> server.kubectl("-n", "kube-system", "get", "events")
                        .contains("this cluster has no kind \"HelmChart\""));
    }

    @Test
    void aPodRunsAndAnswersOverHttp() {
        server.kubectl("run", "web", "--image=nginx");
        server.kubectl("wait", "--for=condition=Ready", "pod/web", "--timeout=60s");

        String address = server.kubectl("get", "pod", "web", "-o", "jsonpath={.status.podIP}");
        assertThat(curl("http://" + address + "/")).contains("Welcome to nginx!");
        assertThat(server.kubectl("get", "pods")).containsPattern("web\\s+1/1\\s+Running\\s+0");
        assertThat(server.kubectl("logs", "web")).contains("GET / HTTP/1.1");
        assertThat(server.kubectl("exec", "web", "--", "cat", "/etc/hostname")).isEqualTo("web\n");
        assertThat(server.kubectl("describe", "pod", "web"))
                .contains("Scheduled")
                .contains("Started");
        server.kubectl("delete", "pod", "web");
        assertThat(server.tryKubectl("get", "pod", "web").expectFailure()).contains("NotFound");
    }

    @Test
    void execPassesTheExitCodeAndStandardInput() {
        server.apply(pod("shell", "sleep 3600"));
        server.kubectl("wait", "--for=condition=Ready", "pod/shell", "--timeout=60s");

        assertThat(server.tryKubectl("exec", "shell", "--", "sh", "-c", "exit 7")
                        .exitCode())
                .isEqualTo(7);
        assertThat(server.kubectl("exec", "shell", "--", "sh", "-c", "echo $KUBERNETES_SERVICE_HOST"))
                .isEqualTo("10.43.0.1\n");
        assertThat(server.kubectl("exec", "shell", "--", "ls", "/var/run/secrets/kubernetes.io/serviceaccount"))
                .contains("ca.crt")
                .contains("token")
                .contains("namespace");
        server.kubectl("delete", "pod", "shell", "--grace-period=1");
    }

    @Test
    void aManifestOfManyKindsIsAppliedAndItsNamespaceTakesAllOfItAway() {
        server.apply(resource("shop.yaml"));
        server.kubectl("-n", "shop", "rollout", "status", "deployment/front", "--timeout=60s");
        server.kubectl("-n", "shop", "wait", "--for=condition=Complete", "job/once", "--timeout=60s");

        assertThat(server.kubectl("-n", "shop", "logs", "job/once")).isEqualTo("hello from a ConfigMap, s3cret\n");
        Await.until(
                "endpoints of the Service",
                SOON,
                () -> server.kubectl(
                                        "-n",
                                        "shop",
                                        "get",
                                        "endpointslices",
                                        "-o",
                                        "jsonpath={.items[*].endpoints[*].addresses[0]}")
                                .split(" ")
                                .length
                        == 2);
        assertThat(server.apply(resource("shop.yaml"))).contains("deployment.apps/front unchanged");

        server.kubectl("delete", "namespace", "shop", "--timeout=90s");
        assertThat(server.tryKubectl("get", "namespace", "shop").expectFailure())
                .contains("NotFound");
        Await.until(
                "the end of the namespace's containers",
                SOON,
                () -> !ctr("containers", "ls").contains("front"));
    }

    @Test
    void aDeploymentScalesRollsOutAndRollsBack() {
        server.kubectl("create", "deployment", "roll", "--image=nginx", "--replicas=2");
        server.kubectl("rollout", "status", "deployment/roll", "--timeout=60s");
        server.kubectl("scale", "deployment/roll", "--replicas=3");
        server.kubectl("rollout", "status", "deployment/roll", "--timeout=60s");
        assertThat(server.kubectl("get", "deployment", "roll")).containsPattern("roll\\s+3/3\\s+3\\s+3");

        server.kubectl("set", "image", "deployment/roll", "nginx=nginx:1.22");
        assertThat(server.kubectl("rollout", "status", "deployment/roll", "--timeout=90s"))
                .contains("successfully rolled out");
        server.kubectl("rollout", "undo", "deployment/roll");
        server.kubectl("rollout", "status", "deployment/roll", "--timeout=90s");
        assertThat(server.kubectl(
                        "get", "deployment", "roll", "-o", "jsonpath={.spec.template.spec.containers[0].image}"))
                .isEqualTo("nginx");

        server.kubectl("delete", "deployment", "roll");
        Await.until(
                "the end of the pods by garbage collection",
                SOON,
                () -> server.kubectl("get", "pods", "-l", "app=roll", "-o", "name")
                        .isEmpty());
    }

    @Test
    void explainAndDiscoveryAnswer() {
        assertThat(server.kubectl("explain", "pod.spec.containers"))
                .contains("containers")
                .contains("image");
        assertThat(server.kubectl("api-resources"))
                .contains("deployments")
                .contains("cronjobs")
                .contains("deploy");
        assertThat(server.kubectl("version")).contains("Server Version: v1.36");
        assertThat(server.kubectl("get", "--raw", "/readyz")).isEqualTo("ok");
    }

    @Test
    void whoMayDoWhatIsDecidedByRoles() {
        server.kubectl("create", "serviceaccount", "reader");
        String reader = "--as=system:serviceaccount:default:reader";
        assertThat(server.tryKubectl("auth", "can-i", "list", "pods", reader).out())
                .isEqualTo("no\n");

        server.kubectl("create", "role", "reads", "--verb=get,list", "--resource=pods");
        server.kubectl("create", "rolebinding", "reads", "--role=reads", "--serviceaccount=default:reader");

        Await.until(
                "the new role",
                SOON,
                () -> server.tryKubectl("auth", "can-i", "list", "pods", reader)
                        .out()
                        .equals("yes\n"));
        assertThat(server.tryKubectl("get", "secrets", reader).expectFailure()).contains("Forbidden");
    }

    @Test
    void mistakesInAManifestAreNamed() {
        assertThat(server.tryKubectl("run", "Bad_Name", "--image=nginx").expectFailure())
                .contains("RFC 1123");
        assertThat(server.tryKubectl("get", "nonsense").expectFailure()).contains("nonsense");
        assertThat(server.tryKubectl("create", "deployment", "x", "--image=nginx", "-n", "nowhere")
                        .expectFailure())
                .contains("namespaces \"nowhere\" not found");
    }

    @Test
    @Order(Integer.MAX_VALUE - 2)
    void killedAndStartedAgainItHasTheSameObjectsAndTheContainersNeverStopped() {
        server.apply(pod("lasting", "sleep 3600"));
        server.kubectl("wait", "--for=condition=Ready", "pod/lasting", "--timeout=60s");
        String container =
                server.kubectl("get", "pod", "lasting", "-o", "jsonpath={.status.containerStatuses[0].containerID}");
        String uid = server.kubectl("get", "pod", "lasting", "-o", "jsonpath={.metadata.uid}");
        server.kubectl("create", "configmap", "before", "--from-literal=a=b");
        long before = resourceVersion("configmap/before");

        server.kill("KILL");
        Await.until("the end of the process", SOON, () -> !server.isRunning());
        assertThat(ctr("tasks", "ls")).contains("RUNNING");
        server.start();
        server.awaitReady();

        assertThat(resourceVersion("configmap/before")).isEqualTo(before);
        server.kubectl("create", "configmap", "after", "--from-literal=a=b");
        assertThat(resourceVersion("configmap/after")).isGreaterThan(before);
        assertThat(server.kubectl("get", "pod", "lasting", "-o", "jsonpath={.metadata.uid}"))
                .isEqualTo(uid);
        Await.until(
                "the pod's status from the new process",
                SOON,
                () -> server.kubectl("get", "pod", "lasting").contains("1/1"));
        assertThat(server.kubectl("get", "pod", "lasting", "-o", "jsonpath={.status.containerStatuses[0].containerID}"))
                .isEqualTo(container);
        assertThat(server.kubectl(
                        "get", "pod", "lasting", "-o", "jsonpath={.status.containerStatuses[0].restartCount}"))
                .isEqualTo("0");
    }

    @Test
    @Order(Integer.MAX_VALUE - 1)
    void aSecondServerOnTheSamePortSaysSoInOneLine() {
        Shell.Outcome second = lab.exec(
                "h1", SOON, server.serverCommand("--data-dir", "/tmp/second").toArray(String[]::new));

        assertThat(second.expectFailure().lines().filter(line -> line.startsWith("kvorum")))
                .singleElement()
                .asString()
                .contains("6443")
                .contains("in use");
    }

    @Test
    void flagsThatCannotBeAreNamedAllAtOnce() {
        Shell.Outcome outcome = lab.exec(
                "h1",
                SOON,
                server.serverCommand("--tls-sam=x", "--node-ip=here").toArray(String[]::new));

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("did you mean --tls-san?").contains("--node-ip must be an IP address");
    }

    @Test
    void theEmbeddedEtcdAnswersTheRealEtcdctlAndOurs() {
        String tls = "/var/lib/rancher/k3s/server/tls/etcd/";
        String[] real = {
            "env",
            "ETCDCTL_API=3",
            "etcdctl",
            "--endpoints",
            "https://" + lab.address("h1") + ":2379",
            "--cacert",
            tls + "server-ca.crt",
            "--cert",
            tls + "server-client.crt",
            "--key",
            tls + "server-client.key"
        };

        assertThat(etcdctl(real, "get", "/registry/namespaces/", "--prefix", "--keys-only"))
                .contains("/registry/namespaces/kube-system");
        assertThat(etcdctl(real, "member", "list"))
                .contains("started")
                .contains("https://" + lab.address("h1") + ":2380");
        assertThat(etcdctl(server.tool("etcdctl"), "endpoint", "health", "--cluster"))
                .contains("is healthy");
        assertThat(lab.exec("h1", SOON, "curl", "-sf", "http://127.0.0.1:2381/health")
                        .expectSuccess())
                .contains("\"health\":\"true\"");
        assertThat(lab.exec(
                                "h1",
                                SOON,
                                "curl",
                                "-sf",
                                "--cacert",
                                tls + "server-ca.crt",
                                "https://127.0.0.1:2379/health")
                        .expectSuccess())
                .contains("\"health\":\"true\"");
        Shell.Outcome nobody = lab.exec(
                "h1",
                SOON,
                "env",
                "ETCDCTL_API=3",
                "etcdctl",
                "--endpoints",
                "https://127.0.0.1:2379",
                "--cacert",
                tls + "server-ca.crt",
                "get",
                "/registry",
                "--prefix");
        assertThat(nobody.exitCode()).as("nobody without a certificate").isNotZero();
        assertThat(nobody.out()).doesNotContain("/registry/");
    }

    private static String etcdctl(String[] tool, String... arguments) {
        String[] command = java.util.stream.Stream.concat(
                        java.util.Arrays.stream(tool), java.util.Arrays.stream(arguments))
                .toArray(String[]::new);
        Shell.Outcome outcome = lab.exec("h1", SOON, command);
        return outcome.expectSuccess() + outcome.err();
    }

    @Test
    void secretsAreReadableByRootAlone() throws IOException {
        Path serverFolder = lab.path("h1", "/var/lib/rancher/k3s/server");
        assertThat(Files.readString(serverFolder.resolve("token"))).matches("K10[0-9a-f]{64}::server:[0-9a-f]{32}\n");
        for (String secret : new String[] {"token", "tls/server-ca.key", "tls/service.key"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(serverFolder.resolve(secret))))
                    .as(secret.toLowerCase(Locale.ROOT))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void askedToStopItStopsInOrderAndContainersGoOn() {
        server.kill("TERM");
        Await.until("the end of the process", Duration.ofSeconds(30), () -> !server.isRunning(), server::log);

        assertThat(lab.exec("h1", SOON, "sh", "-c", "pgrep -f containerd-shim | wc -l")
                        .expectSuccess()
                        .strip())
                .isNotEqualTo("0");
    }

    private static long resourceVersion(String object) {
        return Long.parseLong(server.kubectl("get", object, "-o", "jsonpath={.metadata.resourceVersion}"));
    }

    private static String curl(String url) {
        return lab.exec("h1", SOON, "curl", "-sf", "--max-time", "5", url).expectSuccess();
    }

    private static String ctr(String... arguments) {
        String[] command = new String[arguments.length + 5];
        System.arraycopy(
                new String[] {"ctr", "-a", "/run/k3s/containerd/containerd.sock", "-n", "k8s.io"}, 0, command, 0, 5);
        System.arraycopy(arguments, 0, command, 5, arguments.length);
        return lab.exec("h1", SOON, command).expectSuccess();
    }

    private static String pod(String name, String script) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: main
                    image: busybox:1
                    command: [sh, -c, "%s"]
                """.formatted(name, script);
    }

    private static String resource(String name) {
        try (var stream = OneServerTest.class.getResourceAsStream("/" + name)) {
            if (stream == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(stream.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
