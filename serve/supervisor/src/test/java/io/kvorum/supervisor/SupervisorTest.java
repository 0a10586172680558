package io.kvorum.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.http.Headers;
import io.kvorum.http.LocalCall;
import io.kvorum.pki.CertificateAuthority;
import io.kvorum.pki.CertificateRequest;
import io.kvorum.pki.LeafProfile;
import io.kvorum.pki.Pem;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.pki.ServerToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class SupervisorTest {
    private static final String SECRETS = "/api/v1/namespaces/kube-system/secrets";
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-05-01T00:00:00Z"));

    /** One set of keys for all tests: making them takes most of the time. */
    @TempDir
    private static Path folder;

    private static ServerCertificates certificates;

    private final FakeApi api = new FakeApi();
    private final List<String> learned = new ArrayList<>();
    private final List<StoreMembers.StoreMember> joined = new ArrayList<>();
    private final NodeTunnels tunnels = new NodeTunnels(new Random(1));
    private Supervisor supervisor;

    @BeforeAll
    static void makeKeys() {
        certificates = ServerCertificates.open(folder.resolve("tls"), CLOCK);
    }

    @BeforeEach
    void start() {
        supervisor = new Supervisor(
                new SupervisorParts(
                        folder,
                        certificates,
                        new JoinTokens(() -> "for-servers", () -> "for-agents"),
                        new ClusterApi(api, certificates.supervisor()),
                        new ClusterSettings(
                                "10.42.0.0/16",
                                "10.43.0.0/16",
                                "10.43.0.10",
                                "cluster.local",
                                "vxlan",
                                new TreeMap<>(Map.of("cluster-cidr", "10.42.0.0/16"))),
                        new Members(),
                        () -> true,
                        learned::add,
                        tunnels,
                        Map.of(
                                "/db/further", exchange -> exchange.respond(200, "text/plain", new byte[] {'f'}),
                                "/v1-k3s/token", exchange -> exchange.respond(200, "text/plain", new byte[] {'t'}))),
                api,
                CLOCK);
    }

    private final class Members implements StoreMembers {
        @Override
        public String clusterId() {
            return "00000000000000aa";
        }

        @Override
        public List<StoreMember> all() {
            return List.of(new StoreMember(
                    "ffffffffffffffff", "h1-01020304", List.of("https://h1:2380"), List.of("https://h1:2379"), false));
        }

        @Override
        public List<StoreMember> join(String nodeName, StoreMember newcomer) {
            if (nodeName.equals("taken")) {
                throw new JoinRefused("a server named taken runs already", true);
            }
            joined.add(newcomer);
            return all();
        }
    }

    private record Answer(int status, String body) {}

    private Answer call(String method, String path, Headers headers, byte[] body, X509Certificate... shown)
            throws IOException {
        LocalCall call = LocalCall.to(supervisor, List.of(shown));
        try (var response = call.send(method, path, headers, new ByteArrayInputStream(body))) {
            return new Answer(response.status(), new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private Answer get(String path, String... userAndPassword) throws IOException {
        return call("GET", path, headers(userAndPassword), new byte[0]);
    }

    private static Headers headers(String... userAndPassword) {
        var headers = new Headers();
        if (userAndPassword.length == 2) {
            headers.set("Authorization", new ServerToken(null, userAndPassword[0], userAndPassword[1]).authorization());
        }
        return headers;
    }

    @Test
    void theAuthorityIsShownToAnybodyAndWhatIsNotOursGoesToTheApi() throws IOException {
        assertThat(get("/ping").body()).isEqualTo("pong");
        assertThat(get("/cacerts").body()).isEqualTo(certificates.serverCaPem());
        assertThat(get("/api/v1/nodes/none").status()).isEqualTo(404);
        assertThat(api.objects).isEmpty();
    }

    @Test
    void whoHasNoTokenOrAWrongOneIsToldSo() throws IOException {
        assertThat(get("/v1-k3s/config").status()).isEqualTo(401);
        assertThat(get("/v1-k3s/config", "node", "wrong").status()).isEqualTo(401);
        assertThat(get("/v1-k3s/config", "server", "for-agents").status()).isEqualTo(401);
        assertThat(get("/v1-k3s/config", "admin", "for-servers").body()).contains("not this cluster's");
    }

    @Test
    void anAgentsTokenBringsNoKeysOfTheCluster() throws IOException {
        assertThat(get("/v1-k3s/config", "node", "for-agents").status()).isEqualTo(200);
        assertThat(get("/v1-k3s/config", "node", "for-servers").status()).isEqualTo(200);
        for (String path : List.of("/v1-k3s/server-bootstrap", "/db/info", "/db/join", "/db/further")) {
            assertThat(get(path, "node", "for-agents").status()).as(path).isEqualTo(403);
        }
        assertThat(get("/db/further", "server", "for-servers").body()).isEqualTo("f");
    }

    @Test
    void aServerGetsEveryKeyAndWritesTheSameFiles() throws IOException {
        byte[] document =
                get("/v1-k3s/server-bootstrap", "server", "for-servers").body().getBytes(StandardCharsets.UTF_8);
        Path other = folder.resolve("other");

        new BootstrapFiles(other).write(document);

        for (String file :
                List.of("tls/server-ca.key", "tls/client-ca.crt", "tls/etcd/peer-ca.key", "tls/service.key")) {
            assertThat(other.resolve(file)).hasSameTextualContentAs(folder.resolve(file));
        }
        assertThat(Files.getPosixFilePermissions(other.resolve("tls/service.key")))
                .hasSize(2);
        ServerCertificates.open(other.resolve("tls"), CLOCK);
    }

    @Test
    void theSettingsAreToldInTheFormOfGosNetworks() throws IOException {
        JsonNode config = json(get("/v1-k3s/config", "node", "for-agents"));

        assertThat(config.path("ClusterIPRange").toString()).isEqualTo("{\"IP\":\"10.42.0.0\",\"Mask\":\"//8AAA==\"}");
        assertThat(config.path("ClusterDNS").asString()).isEqualTo("10.43.0.10");
        assertThat(config.path(ClusterSettings.CRITICAL).path("cluster-cidr").asString())
                .isEqualTo("10.42.0.0/16");
    }

    @Test
    void theAddressThatANodeJoinedByIsLearned() throws IOException {
        call("GET", "/v1-k3s/config", headers("node", "for-agents").set("Host", "lb.example:6443"), new byte[0]);
        call("GET", "/v1-k3s/config", headers("node", "wrong").set("Host", "evil.example:6443"), new byte[0]);

        assertThat(learned).containsExactly("lb.example");
    }

    @Test
    void aNodeKeepsItsKeyAndGetsACertificateForIt() throws IOException {
        KeyPair keys = CertificateAuthority.newKeys();
        byte[] request = CertificateRequest.of(keys, "whatever");

        Answer client = post("/v1-k3s/client-kubelet.crt", "h2", "secret", request);
        Answer serving = post("/v1-k3s/serving-kubelet.crt", "h2", "secret", request);

        X509Certificate kubelet = Pem.certificatesIn(client.body()).getFirst();
        assertThat(kubelet.getPublicKey()).isEqualTo(keys.getPublic());
        assertThat(kubelet.getSubjectX500Principal().getName()).isEqualTo("CN=system:node:h2,O=system:nodes");
        assertThat(client.body()).doesNotContain("PRIVATE KEY");
        assertThat(Pem.certificatesIn(serving.body()).getFirst().toString()).contains("10.0.0.9", "h2");
    }

    @Test
    void anOldAgentWithoutARequestGetsAKeyAsWell() throws IOException {
        Answer answer = call("GET", "/v1-k3s/client-kube-proxy.crt", headers("node", "for-agents"), new byte[0]);

        assertThat(answer.body()).contains("BEGIN CERTIFICATE").contains("PRIVATE KEY");
    }

    @Test
    void aNodesNameBelongsToItsFirstPasswordAsLongAsTheNodeIsThere() throws IOException {
        byte[] request = CertificateRequest.of(CertificateAuthority.newKeys(), "h2");
        assertThat(post("/v1-k3s/client-kubelet.crt", "h2", "secret", request).status())
                .isEqualTo(200);
        api.objects.put("/api/v1/nodes/h2", JsonMapper.shared().createObjectNode());

        Answer other = post("/v1-k3s/client-kubelet.crt", "h2", "other", request);

        assertThat(other.status()).isEqualTo(403);
        assertThat(other.body()).contains("node password rejected");
        assertThat(post("/v1-k3s/client-kubelet.crt", "h2", "secret", request).status())
                .isEqualTo(200);

        api.objects.remove("/api/v1/nodes/h2");
        assertThat(post("/v1-k3s/client-kubelet.crt", "h2", "other", request).status())
                .as("the machine was replaced")
                .isEqualTo(200);
    }

    @Test
    void aNodeRenewsByItsCertificateForItselfAlone() throws IOException {
        X509Certificate h2 = certificates
                .clientCa()
                .issue(LeafProfile.client("system:node:h2", "system:nodes"))
                .certificate();
        byte[] request = CertificateRequest.of(CertificateAuthority.newKeys(), "h2");

        assertThat(call("POST", "/v1-k3s/client-kubelet.crt", new Headers().set("k3s-Node-Name", "h2"), request, h2)
                        .status())
                .isEqualTo(200);
        assertThat(call("POST", "/v1-k3s/client-kubelet.crt", new Headers().set("k3s-Node-Name", "h3"), request, h2)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void anAdministratorsCertificateOpensSnapshotsButNotTheClustersKeysNorItsToken() throws IOException {
        X509Certificate admin = certificates.admin().certificate();
        assertThat(call("GET", "/db/further", new Headers(), new byte[0], admin).status())
                .isEqualTo(200);
        for (String path : List.of("/v1-k3s/server-bootstrap", "/db/info", "/db/join", "/v1-k3s/token")) {
            assertThat(call("GET", path, new Headers(), new byte[0], admin).status())
                    .as(path)
                    .isEqualTo(403);
        }
        assertThat(get("/v1-k3s/token", "server", "for-servers").body()).isEqualTo("t");
    }

    @Test
    void aBootstrapTokenAdmitsAgentsUntilItEnds() throws IOException {
        api.objects.put(SECRETS + "/bootstrap-token-abcdef", bootstrapToken("2026-05-02T00:00:00Z"));
        api.objects.put(SECRETS + "/bootstrap-token-oldold", bootstrapToken("2026-04-30T00:00:00Z"));

        assertThat(get("/v1-k3s/config", "", "abcdef.0123456789abcdef").status())
                .isEqualTo(200);
        assertThat(get("/v1-k3s/config", "", "abcdef.0123456789abcdee").status())
                .isEqualTo(401);
        assertThat(get("/v1-k3s/config", "", "oldold.0123456789abcdef").status())
                .isEqualTo(401);
        assertThat(get("/db/info", "", "abcdef.0123456789abcdef").status()).isEqualTo(403);
    }

    private static ObjectNode bootstrapToken(String expiration) {
        ObjectNode secret = JsonMapper.shared().createObjectNode().put("type", "bootstrap.kubernetes.io/token");
        Map<String, String> data = new TreeMap<>(Map.of(
                "token-id", "abcdef",
                "token-secret", "0123456789abcdef",
                "usage-bootstrap-authentication", "true",
                "expiration", expiration));
        ObjectNode encoded = secret.putObject("data");
        data.forEach((name, value) ->
                encoded.put(name, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return secret;
    }

    @Test
    void theMembersAreShownAsEtcdsJsonAndANewOneIsTakenIn() throws IOException {
        JsonNode info = json(get("/db/info", "server", "for-servers"));
        assertThat(info.path("clusterID").asString()).isEqualTo("00000000000000aa");
        assertThat(info.path("members").path(0).path("ID").toString()).isEqualTo("18446744073709551615");

        byte[] request = """
                {"node": "h2", "ID": "ab", "name": "h2-00000001", "peerURLs": ["https://h2:2380"]}""".getBytes(StandardCharsets.UTF_8);
        assertThat(call("POST", "/db/join", headers("server", "for-servers"), request)
                        .status())
                .isEqualTo(200);
        assertThat(joined)
                .containsExactly(
                        new StoreMembers.StoreMember("ab", "h2-00000001", List.of("https://h2:2380"), List.of(), true));
        byte[] taken = "{\"node\": \"taken\", \"ID\": \"ab\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(call("POST", "/db/join", headers("server", "for-servers"), taken))
                .extracting(Answer::status)
                .isEqualTo(409);
    }

    private Answer post(String path, String node, String password, byte[] request) throws IOException {
        Headers headers = headers("node", "for-agents")
                .set("k3s-Node-Name", node)
                .set("k3s-Node-Password", password)
                .set("k3s-Node-IP", "10.0.0.9");
        return call("POST", path, headers, request);
    }

    private static JsonNode json(Answer answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
