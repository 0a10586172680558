package io.kvorum.kubelet.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.kvorum.http.HttpConfig;
import io.kvorum.http.PlainHttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real containerd on a test host, a node agent beside it, and an API in this process. */
class NodeAgentLabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int API_PORT = 18080;

    @TempDir
    static Path folder;

    private static LabHost host;
    private static PlainHttpServer door;
    private static KubernetesClient client;
    private static HttpClient kubelet;

    @BeforeAll
    static void bringUp() throws Exception {
        LabHost lab = new LabHost(folder);
        String obstacle = lab.obstacle();
        assumeTrue(obstacle.isEmpty(), "no lab here: " + obstacle);
        host = lab;
        host.up();
        door = new PlainHttpServer(
                HttpConfig.listeningOn(new InetSocketAddress(LabHost.TESTER, API_PORT)), new FakeApi());
        door.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl(apiUrl())
                        .build())
                .build();
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(new KeyManager[] {LabKeys.keys(host.keys())}, new TrustManager[] {LabKeys.trust(host.keys())}, null);
        kubelet = HttpClient.newBuilder().sslContext(tls).build();
        host.startAgent(apiUrl());
    }

    private static String apiUrl() {
        return "http://" + LabHost.TESTER + ":" + API_PORT;
    }

    @AfterAll
    static void takeDown() {
        if (host != null) {
            host.close();
            door.close();
        }
    }

    @Test
    void aPodRunsAndItsLogCanBeRead() throws Exception {
        create("log", "echo hello $WHO; sleep 3600");

        assertThat(awaitReady("log").getStatus().getPodIP()).startsWith("10.42.1.");
        await("log line", () -> get("/containerLogs/default/log/main").equals("hello world\n"));
    }

    @Test
    void aCommandRunsInAContainer() throws Exception {
        create("exec", "sleep 3600");
        awaitReady("exec");
        Said said = new Said();

        kubelet.newWebSocketBuilder()
                .subprotocols("v4.channel.k8s.io")
                .buildAsync(
                        URI.create("wss://" + LabHost.ADDRESS
                                + ":10250/exec/default/exec/main?command=echo&command=inside&output=1&error=1"),
                        said)
                .get(10, TimeUnit.SECONDS);

        assertThat(said.standardOutput.get(10, TimeUnit.SECONDS)).isEqualTo("inside\n");
    }

    @Test
    void aServiceAddressLeadsToThePod() throws Exception {
        create("web", "mkdir /w; echo found >/w/index.html; exec httpd -f -p 8080 -h /w");
        String address = awaitReady("web").getStatus().getPodIP();
        client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("web")
                        .endMetadata()
                        .withNewSpec()
                        .withClusterIP("10.43.0.9")
                        .addNewPort()
                        .withPort(80)
                        .withNodePort(30080)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
        client.resource(new EndpointSliceBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("web-1")
                        .addToLabels("kubernetes.io/service-name", "web")
                        .endMetadata()
                        .withAddressType("IPv4")
                        .addNewEndpoint()
                        .withAddresses(address)
                        .withNodeName("h1")
                        .endEndpoint()
                        .addNewPort()
                        .withPort(8080)
                        .endPort()
                        .build())
                .create();

        await(
                "service",
                () -> host.on("curl", "-s", "-m", "2", "http://10.43.0.9/").equals("found\n"));
        await(
                "node port",
                () -> httpFromTester("http://" + LabHost.ADDRESS + ":30080/").equals("found\n"));
    }

    @Test
    void aKilledAgentFindsItsContainersAgain() throws Exception {
        create("stay", "sleep 3600");
        ContainerStatus before =
                awaitReady("stay").getStatus().getContainerStatuses().getFirst();

        host.killAgent();
        host.startAgent(apiUrl());
        create("later", "sleep 3600");
        awaitReady("later");

        ContainerStatus after =
                pod("stay").orElseThrow().getStatus().getContainerStatuses().getFirst();
        assertThat(after.getContainerID()).isEqualTo(before.getContainerID());
        assertThat(after.getRestartCount()).isZero();
        assertThat(after.getReady()).isTrue();
    }

    @Test
    void aDeletedPodLeavesNothingBehind() throws Exception {
        create("brief", "sleep 3600");
        String uid = awaitReady("brief").getMetadata().getUid();

        client.pods().inNamespace("default").withName("brief").delete();

        await("deletion", () -> pod("brief").isEmpty());
        await("folder", () -> host.on("ls", "/var/lib/kubelet/pods/" + uid).contains("No such file"));
        await(
                "cgroup",
                () -> host.on("ls", "/sys/fs/cgroup/memory/kubepods/besteffort/pod" + uid)
                        .contains("No such file"));
    }

    @Test
    void anUnreachableImageIsReportedAndNotForever() throws Exception {
        client.resource(new PodBuilder(pod("missing", "true"))
                        .editSpec()
                        .editFirstContainer()
                        .withImage("registry.invalid/none:1")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();

        await("ErrImagePull", () -> waitingReason("missing").endsWith("ImagePull"));
        await("ImagePullBackOff", () -> waitingReason("missing").equals("ImagePullBackOff"));
    }

    private static String waitingReason(String name) {
        return pod(name)
                .filter(pod -> pod.getStatus() != null
                        && !pod.getStatus().getContainerStatuses().isEmpty())
                .map(pod -> pod.getStatus()
                        .getContainerStatuses()
                        .getFirst()
                        .getState()
                        .getWaiting())
                .map(waiting -> waiting.getReason())
                .orElse("");
    }

    private static Pod pod(String name, String script) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withNodeName("h1")
                .withTerminationGracePeriodSeconds(1L)
                .addNewContainer()
                .withName("main")
                .withImage("busybox:1")
                .withImagePullPolicy("IfNotPresent")
                .withCommand("sh", "-c", script)
                .addNewEnv()
                .withName("WHO")
                .withValue("world")
                .endEnv()
                .endContainer()
                .endSpec()
                .build();
    }

    private static void create(String name, String script) {
        client.resource(pod(name, script)).create();
    }

    private static Optional<Pod> pod(String name) {
        return Optional.ofNullable(
                client.pods().inNamespace("default").withName(name).get());
    }

    private static Pod awaitReady(String name) throws Exception {
        await(
                "pod " + name,
                () -> pod(name)
                        .filter(pod ->
                                pod.getStatus() != null && pod.getStatus().getConditions() != null)
                        .filter(pod -> pod.getStatus().getConditions().stream()
                                .anyMatch(condition -> condition.getType().equals("Ready")
                                        && condition.getStatus().equals("True")))
                        .isPresent());
        return pod(name).orElseThrow();
    }

    private static String get(String path) {
        return http(kubelet, "https://" + LabHost.ADDRESS + ":10250" + path);
    }

    private static String httpFromTester(String url) {
        return http(kubelet, url);
    }

    private static String http(HttpClient with, String url) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(3))
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
            return with.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (java.io.IOException notYet) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static void await(String what, BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(what + " did not come about; the agent says:\n" + host.agentLog());
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    /** What an exec says on its standard output. */
    private static final class Said implements WebSocket.Listener {
        final CompletableFuture<String> standardOutput = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            if (data.remaining() > 1 && data.get() == 1) {
                standardOutput.complete(StandardCharsets.UTF_8.decode(data).toString());
            }
            socket.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }
}
