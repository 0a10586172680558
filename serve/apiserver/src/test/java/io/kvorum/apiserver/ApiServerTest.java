package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.RunningServer.Answer;
import io.kvorum.http.Exchange;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class ApiServerTest {
    @TempDir
    static Path folder;

    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer(folder);
        server.admin().post("/api/v1/namespaces", "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'web'}}");
        server.admin()
                .post(
                        "/api/v1/namespaces/web/serviceaccounts",
                        "{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'default'}}");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aClusterStartsWithItsObjects() throws Exception {
        assertThat(server.admin().get("/api/v1/namespaces").text())
                .contains("\"kube-system\"", "\"default\"", "\"kube-public\"", "\"kube-node-lease\"");
        Answer service = server.admin().get("/api/v1/namespaces/default/services/kubernetes");
        assertThat(service.at("/spec/clusterIP").asString()).isEqualTo("10.43.0.1");
        assertThat(server.admin()
                        .get("/api/v1/namespaces/default/endpoints/kubernetes")
                        .at("/subsets/0/addresses/0/ip")
                        .asString())
                .isEqualTo("192.0.2.1");
        assertThat(server.admin()
                        .get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes")
                        .at("/endpoints/0/addresses/0")
                        .asString())
                .isEqualTo("192.0.2.1");
        assertThat(server.admin()
                        .get("/apis/rbac.authorization.k8s.io/v1/clusterroles/system:kube-scheduler")
                        .code())
                .isEqualTo(200);
        assertThat(server.admin().get("/readyz").text()).isEqualTo("ok");
        assertThat(server.admin().get("/readyz?verbose").text())
                .contains("[+]poststarthook/bootstrap ok")
                .endsWith("readyz check passed\n");
    }

    @Test
    void whoIsUnknownGetsAStatusWith401() throws Exception {
        for (String token : new String[] {"", "nonsense"}) {
            Answer answer = server.withToken(token).get("/api/v1/pods");
            assertThat(answer.code()).isEqualTo(401);
            assertThat(answer.at("/kind").asString()).isEqualTo("Status");
            assertThat(answer.at("/reason").asString()).isEqualTo("Unauthorized");
            assertThat(answer.headers().firstValue("Audit-ID")).isPresent();
        }
    }

    @Test
    void whoMayNotIsToldSoInUpstreamsWords() throws Exception {
        Answer answer = server.client("alice").get("/api/v1/namespaces/default/pods");
        assertThat(answer.code()).isEqualTo(403);
        assertThat(answer.at("/message").asString())
                .isEqualTo("pods is forbidden: User \"alice\" cannot list resource \"pods\" in API group \"\" "
                        + "in the namespace \"default\"");
        assertThat(server.client("alice").get("/metrics").at("/message").asString())
                .isEqualTo("forbidden: User \"alice\" cannot get path \"/metrics\"");
    }

    @Test
    void aPodGetsAnAccountATokenVolumeTolerationsAndAPriority() throws Exception {
        Answer pod = createPod("admitted");
        assertThat(pod.code()).as(pod.text()).isEqualTo(201);
        assertThat(pod.at("/spec/serviceAccountName").asString()).isEqualTo("default");
        assertThat(pod.at("/spec/volumes/0/name").asString()).startsWith("kube-api-access-");
        assertThat(pod.at("/spec/volumes/0/projected/sources/0/serviceAccountToken/expirationSeconds")
                        .asInt())
                .isEqualTo(3607);
        assertThat(pod.at("/spec/containers/0/volumeMounts/0/mountPath").asString())
                .isEqualTo("/var/run/secrets/kubernetes.io/serviceaccount");
        assertThat(pod.at("/spec/tolerations")).hasSize(2);
        assertThat(pod.at("/spec/tolerations/0/tolerationSeconds").asInt()).isEqualTo(300);
        assertThat(pod.at("/spec/priority").asInt(-1)).isEqualTo(0);
    }

    @Test
    void nothingIsMadeInAMissingNamespaceAndSomeStayForEver() throws Exception {
        Answer lost = server.admin()
                .post(
                        "/api/v1/namespaces/nowhere/configmaps",
                        "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'c'}}");
        assertThat(lost.code()).isEqualTo(404);
        assertThat(lost.at("/message").asString()).isEqualTo("namespaces \"nowhere\" not found");
        Answer kept = server.admin().delete("/api/v1/namespaces/kube-system");
        assertThat(kept.code()).isEqualTo(403);
        assertThat(kept.at("/message").asString())
                .isEqualTo("namespaces \"kube-system\" is forbidden: this namespace may not be deleted");
    }

    @Test
    void aBoundTokenSpeaksForItsAccountUntilItsPodIsGone() throws Exception {
        createPod("speaker");
        Answer issued = server.admin()
                .post(
                        "/api/v1/namespaces/web/serviceaccounts/default/token",
                        "{'apiVersion':'authentication.k8s.io/v1','kind':'TokenRequest','spec':{'expirationSeconds':3607,"
                                + "'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'speaker'}}}");
        assertThat(issued.code()).as(issued.text()).isEqualTo(201);
        String token = issued.at("/status/token").asString();
        Answer self = server.withToken(token)
                .post(
                        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                        "{'apiVersion':'authentication.k8s.io/v1','kind':'SelfSubjectReview'}");
        assertThat(self.at("/status/userInfo/username").asString()).isEqualTo("system:serviceaccount:web:default");
        assertThat(self.at("/status/userInfo/extra/authentication.kubernetes.io~1pod-name/0")
                        .asString())
                .isEqualTo("speaker");
        Answer review = server.admin()
                .post(
                        "/apis/authentication.k8s.io/v1/tokenreviews",
                        "{'apiVersion':'authentication.k8s.io/v1','kind':'TokenReview','spec':{'token':'%s'}}"
                                .formatted(token));
        assertThat(review.at("/status/authenticated").asBoolean()).isTrue();
        server.admin().delete("/api/v1/namespaces/web/pods/speaker?gracePeriodSeconds=0");
        assertThat(server.withToken(token).get("/api").code()).isEqualTo(401);
    }

    @Test
    void rolesTakeEffectAndCannotBeGivenAwayByThoseWhoLackThem() throws Exception {
        String binding = "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'RoleBinding','metadata':{'name':'%s'},"
                + "'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole','name':'%s'},"
                + "'subjects':[{'apiGroup':'rbac.authorization.k8s.io','kind':'User','name':'bob'}]}";
        String path = "/apis/rbac.authorization.k8s.io/v1/namespaces/web/rolebindings";
        assertThat(server.admin()
                        .post(path, binding.formatted("bob-admin", "admin"))
                        .code())
                .isEqualTo(201);
        awaitCode(server.client("bob"), "/api/v1/namespaces/web/pods", 200);
        Answer refused = server.client("bob").post(path, binding.formatted("bob-root", "cluster-admin"));
        assertThat(refused.code()).isEqualTo(403);
        assertThat(refused.at("/message").asString())
                .contains("is attempting to grant RBAC permissions not currently held");
        assertThat(server.client("bob")
                        .post(path, binding.formatted("bob-view", "view"))
                        .code())
                .isEqualTo(201);
        Answer may = server.client("bob")
                .post(
                        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                        "{'apiVersion':'authorization.k8s.io/v1','kind':'SelfSubjectAccessReview','spec':"
                                + "{'resourceAttributes':{'verb':'create','group':'apps','resource':'deployments','namespace':'web'}}}");
        assertThat(may.at("/status/allowed").asBoolean()).as(may.text()).isTrue();
    }

    @Test
    void administratorsMayActAsOthers() throws Exception {
        Answer answer =
                server.admin().get("/api/v1/pods", "Impersonate-User", "carol", "Impersonate-Group", "nobodies");
        assertThat(answer.code()).isEqualTo(403);
        assertThat(answer.text()).contains("carol");
        Answer refused = server.client("dave").get("/api/v1/pods", "Impersonate-User", "carol");
        assertThat(refused.at("/message").asString())
                .isEqualTo("users \"carol\" is forbidden: User \"dave\" cannot impersonate resource \"users\" "
                        + "in API group \"\" at the cluster scope");
    }

    @Test
    void discoveryComesInBothForms() throws Exception {
        assertThat(server.client("x").get("/api/v1").text()).contains("\"pods/log\"");
        assertThat(server.client("x").get("/apis").text()).contains("\"apps\"");
        Answer aggregated = server.client("x")
                .get(
                        "/apis",
                        "Accept",
                        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");
        assertThat(aggregated.headers().firstValue("Content-Type"))
                .contains("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        assertThat(aggregated.at("/kind").asString()).isEqualTo("APIGroupDiscoveryList");
        String tag = aggregated.headers().firstValue("ETag").orElseThrow();
        assertThat(server.client("x")
                        .get(
                                "/apis",
                                "Accept",
                                "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
                                "If-None-Match",
                                tag)
                        .code())
                .isEqualTo(304);
        assertThat(server.client("x")
                        .get("/openapi/v3")
                        .at("/paths/api~1v1/serverRelativeURL")
                        .asString())
                .startsWith("/openapi/v3/api/v1?hash=");
        assertThat(server.client("x").get("/openapi/v3/api/v1").at("/openapi").asString())
                .isEqualTo("3.0.0");
        assertThat(server.client("x").get("/version").at("/gitVersion").asString())
                .isEqualTo("v1.36.0+kvorum1");
        assertThat(server.client("x").get("/apis/nonsense/v1/things").code()).isEqualTo(403);
        assertThat(server.admin().get("/apis/nonsense/v1/things").code()).isEqualTo(404);
        assertThat(server.admin().get("/metrics").text()).contains("apiserver_request_total{");
    }

    @Test
    void logsComeFromTheKubeletAsTheyAreWritten() throws Exception {
        var asked = new LinkedBlockingQueue<String>();
        int kubelet = server.serve(exchange -> {
            asked.add(exchange.rawPath() + "?" + exchange.rawQuery() + " "
                    + exchange.peerCertificates()
                            .getFirst()
                            .getSubjectX500Principal()
                            .getName());
            exchange.respond(200, "text/plain", "hello\n".getBytes(StandardCharsets.UTF_8));
        });
        runPod("logger", "log-node", kubelet);
        Answer log = server.admin().get("/api/v1/namespaces/web/pods/logger/log?tailLines=5&timestamps=true");
        assertThat(log.text()).isEqualTo("hello\n");
        assertThat(asked.poll(5, TimeUnit.SECONDS))
                .startsWith("/containerLogs/web/logger/c?timestamps=true&tailLines=5 ")
                .contains("CN=system:apiserver");
        assertThat(server.admin()
                        .get("/api/v1/namespaces/web/pods/logger/log?container=x")
                        .at("/message")
                        .asString())
                .isEqualTo("container x is not valid for pod logger");
    }

    @Test
    void aKubeletThatDoesNotAnswerAtItsAddressIsReachedByItsDetour() throws Exception {
        int kubelet = server.serve(
                exchange -> exchange.respond(200, "text/plain", "hello\n".getBytes(StandardCharsets.UTF_8)));
        runPod("hidden", "hidden-node", 1);
        assertThat(server.admin()
                        .get("/api/v1/namespaces/web/pods/hidden/log")
                        .at("/message")
                        .asString())
                .contains("cannot reach the kubelet at 127.0.0.1:1");

        server.detour("hidden-node", kubelet);

        assertThat(server.admin().get("/api/v1/namespaces/web/pods/hidden/log").text())
                .isEqualTo("hello\n");
    }

    @Test
    void execIsPassedOnByteByByte() throws Exception {
        var asked = new LinkedBlockingQueue<String>();
        int kubelet = server.serve(exchange -> {
            asked.add(exchange.method() + " " + exchange.rawPath() + "?" + exchange.rawQuery() + " "
                    + exchange.requestHeaders()
                            .first("X-Stream-Protocol-Version")
                            .orElse("none"));
            exchange.responseHeaders().set("Connection", "Upgrade").set("Upgrade", "SPDY/3.1");
            exchange.responseHeaders().set("X-Stream-Protocol-Version", "v4.channel.k8s.io");
            try (Exchange.Duplex duplex = exchange.upgrade()) {
                duplex.input().transferTo(duplex.output());
                duplex.output().close();
            }
        });
        runPod("shell", "exec-node", kubelet);
        try (SSLSocket socket = (SSLSocket) server.tls("system:admin", "system:masters")
                .getSocketFactory()
                .createSocket("127.0.0.1", server.port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/v1/namespaces/web/pods/shell/exec?command=sh&command=-c&stdin=true&stdout=true"
                            + "&container=c HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
                            + "X-Stream-Protocol-Version: v4.channel.k8s.io\r\nContent-Length: 0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(head(in))
                    .startsWith("HTTP/1.1 101")
                    .containsIgnoringCase("X-Stream-Protocol-Version: v4.channel");
            out.write("echo".getBytes(StandardCharsets.US_ASCII));
            assertThat(in.readNBytes(4)).asString().isEqualTo("echo");
            socket.shutdownOutput();
            assertThat(in.read()).isEqualTo(-1);
        }
        assertThat(asked.poll(5, TimeUnit.SECONDS))
                .isEqualTo("POST /exec/web/shell/c?command=sh&command=-c&input=1&output=1 v4.channel.k8s.io");
    }

    @Test
    void aNodeReadsOnlyItsOwnPodsSecretsAndChangesOnlyItself() throws Exception {
        RunningServer.Client node = server.client("system:node:own-node", "system:nodes");
        assertThat(node.post(
                                "/api/v1/nodes",
                                "{'apiVersion':'v1','kind':'Node','metadata':{'name':'own-node','labels':{'kubernetes.io/os':'linux'}}}")
                        .code())
                .isEqualTo(201);
        assertThat(server.admin()
                        .get("/api/v1/nodes/own-node")
                        .at("/spec/taints/0/key")
                        .asString())
                .isEqualTo("node.kubernetes.io/not-ready");
        assertThat(node.post("/api/v1/nodes", "{'apiVersion':'v1','kind':'Node','metadata':{'name':'other-node'}}")
                        .code())
                .isEqualTo(403);
        assertThat(node.get("/api/v1/namespaces/web/secrets/any").at("/message").asString())
                .contains("no relationship found between node 'own-node' and this object");
        assertThat(node.get("/api/v1/pods?fieldSelector=spec.nodeName%3Down-node")
                        .code())
                .isEqualTo(200);
    }

    private static Answer createPod(String name) throws Exception {
        return server.admin()
                .post(
                        "/api/v1/namespaces/web/pods",
                        "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'%s'},'spec':{'containers':[{'name':'c','image':'i'}]}}"
                                .formatted(name));
    }

    private static void runPod(String name, String node, int kubelet) throws Exception {
        server.admin()
                .post("/api/v1/nodes", "{'apiVersion':'v1','kind':'Node','metadata':{'name':'%s'}}".formatted(node));
        Answer status = server.admin()
                .put(
                        "/api/v1/nodes/%s/status".formatted(node),
                        ("{'apiVersion':'v1','kind':'Node','metadata':{'name':'%s'},'status':{'addresses':"
                                        + "[{'type':'InternalIP','address':'127.0.0.1'}],"
                                        + "'daemonEndpoints':{'kubeletEndpoint':{'Port':%d}}}}")
                                .formatted(node, kubelet));
        assertThat(status.code()).as(status.text()).isEqualTo(200);
        createPod(name);
        Answer bound = server.admin()
                .post(
                        "/api/v1/namespaces/web/pods/%s/binding".formatted(name),
                        "{'apiVersion':'v1','kind':'Binding','metadata':{'name':'%s'},'target':{'kind':'Node','name':'%s'}}"
                                .formatted(name, node));
        assertThat(bound.code()).as(bound.text()).isEqualTo(201);
    }

    private static void awaitCode(RunningServer.Client client, String path, int code) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (client.get(path).code() != code) {
            assertThat(System.nanoTime()).as("no " + code + " in time").isLessThan(deadline);
        }
    }

    private static String head(InputStream in) throws Exception {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }
}
