package io.kvorum.apiserver;

import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apiserver.authn.AuthenticationConfig;
import io.kvorum.apiserver.bootstrap.ClusterIdentity;
import io.kvorum.apiserver.discovery.VersionInfo;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.engine.Store;
import io.kvorum.http.Endpoint;
import io.kvorum.http.HttpConfig;
import io.kvorum.http.HttpsServer;
import io.kvorum.http.Tls;
import io.kvorum.http.Tls.ClientCertificates;
import io.kvorum.pki.CertificateAuthority;
import io.kvorum.pki.Identity;
import io.kvorum.pki.LeafProfile;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.Trust;
import io.kvorum.pki.token.ServiceAccountTokens;
import io.kvorum.raft.SingleMemberLog;
import io.kvorum.registry.Registry;
import io.kvorum.registry.RegistryConfiguration;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole API server behind its HTTPS door, on a real store, for tests. */
final class RunningServer implements AutoCloseable {
    static final String AUDIENCE = "https://kubernetes.default.svc.cluster.local";
    private static final Catalogue CATALOGUE = BuiltInCatalogue.load();

    private final CertificateAuthority clientCa;
    private final CertificateAuthority serverCa;
    private final Store store;
    private final Registry registry;
    private final ApiServer api;
    private final HttpsServer door;
    private final List<HttpsServer> others = new ArrayList<>();
    /** By node: the port of another way to its kubelet. */
    private final Map<String, Integer> detours = new ConcurrentHashMap<>();

    RunningServer(Path folder) throws Exception {
        InstantSource clock = InstantSource.system();
        clientCa = CertificateAuthority.openOrCreate(folder, "client-ca", "client-ca", clock);
        serverCa = CertificateAuthority.openOrCreate(folder, "server-ca", "server-ca", clock);
        store = EmbeddedStore.open(EngineConfig.in(folder.resolve("db")), new SingleMemberLog(), clock);
        registry = new Registry(store, CATALOGUE, clock, new SecureRandom(), RegistryConfiguration.STANDARD);
        registry.start();
        SSLContext kubeletTls = Trust.clientContext(
                serverCa.chain(),
                new ReloadableKeyManager(clientCa.issue(LeafProfile.client("system:apiserver", "system:masters"))));
        api = new ApiServer(
                new ApiServerConfig(
                        new AuthenticationConfig(Trust.in(clientCa.chain()), List.of(AUDIENCE), false),
                        new ClusterIdentity("10.43.0.1", 6443, () -> List.of("192.0.2.1"), List::of),
                        new VersionInfo("v1.36.0+kvorum1", "", "2026-01-01T00:00:00Z"),
                        "192.0.2.1:6443",
                        ApiServerConfig.Limits.STANDARD,
                        ApiServerConfig.LostNodes.STANDARD),
                new ApiServerParts(
                        registry,
                        CATALOGUE,
                        new ServiceAccountTokens(
                                CertificateAuthority.newKeys(),
                                List.of(),
                                AUDIENCE,
                                clock,
                                () -> UUID.randomUUID().toString()),
                        () -> kubeletTls,
                        node -> detours.containsKey(node) ? OptionalInt.of(detours.get(node)) : OptionalInt.empty(),
                        new PrometheusRegistry(),
                        clock,
                        new SecureRandom(),
                        List.of()));
        api.start();
        door = door(api, clientCa);
        if (!api.awaitBootstrap(Duration.ofSeconds(30))) {
            throw new IllegalStateException("no bootstrap within 30 s");
        }
    }

    /** A way to the node's kubelet by this port. */
    void detour(String node, int port) {
        detours.put(node, port);
    }

    /** A kubelet (or anything else of the cluster's own) on the loopback address. */
    int serve(Endpoint endpoint) {
        HttpsServer other = door(endpoint, clientCa);
        others.add(other);
        return other.addresses().getFirst().getPort();
    }

    private HttpsServer door(Endpoint endpoint, CertificateAuthority clients) {
        Identity serving = serverCa.issue(LeafProfile.server("server", List.of("127.0.0.1", "localhost")));
        HttpsServer https = new HttpsServer(
                HttpConfig.listeningOn(new InetSocketAddress("127.0.0.1", 0)),
                new Tls(new ReloadableKeyManager(serving), Trust.in(clients.chain()), ClientCertificates.WANTED),
                endpoint);
        https.start();
        return https;
    }

    int port() {
        return door.addresses().getFirst().getPort();
    }

    SSLContext tls(String user, String... groups) {
        return Trust.clientContext(
                serverCa.chain(), new ReloadableKeyManager(clientCa.issue(LeafProfile.client(user, groups))));
    }

    Client admin() {
        return client("system:admin", "system:masters");
    }

    Client client(String user, String... groups) {
        return new Client(tls(user, groups), "");
    }

    Client withToken(String token) {
        return new Client(Trust.clientContext(serverCa.chain(), null), token);
    }

    @Override
    public void close() {
        api.close();
        door.stop(Duration.ZERO);
        others.forEach(other -> other.stop(Duration.ZERO));
        registry.close();
        store.close();
    }

    /** An answer. */
    record Answer(int code, String text, java.net.http.HttpHeaders headers) {
        JsonNode at(String pointer) {
            return Objects.requireNonNull(JsonMapper.shared().readTree(text)).at(pointer);
        }
    }

    /** Somebody who calls. */
    final class Client {
        private final HttpClient http;
        private final String token;

        Client(SSLContext tls, String token) {
            this.http = HttpClient.newBuilder().sslContext(tls).build();
            this.token = token;
        }

        Answer get(String path, String... headers) throws Exception {
            return send("GET", path, "", headers);
        }

        Answer delete(String path) throws Exception {
            return send("DELETE", path, "");
        }

        /** Single quotes stand for double ones. */
        Answer post(String path, String body) throws Exception {
            return send("POST", path, body);
        }

        Answer put(String path, String body) throws Exception {
            return send("PUT", path, body);
        }

        /** @param type json, merge, strategic or apply */
        Answer patch(String path, String type, String body) throws Exception {
            String media = type.equals("apply")
                    ? "application/apply-patch+yaml"
                    : "application/%spatch+json"
                            .formatted(
                                    switch (type) {
                                        case "json" -> "json-";
                                        case "merge" -> "merge-";
                                        default -> "strategic-merge-";
                                    });
            return send("PATCH", path, body, "Content-Type", media);
        }

        /** The lines of a long answer, as they come; closing ends it. */
        Stream<String> lines(String path) throws Exception {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port() + path))
                    .build();
            return http.send(request, BodyHandlers.ofLines()).body();
        }

        /** Sends and receives bytes; an empty body is none. */
        HttpResponse<byte[]> bytes(String method, String path, byte[] body, String... headers) throws Exception {
            HttpRequest.Builder request = request(method, path, BodyPublishers.ofByteArray(body), headers);
            return http.send(request.build(), BodyHandlers.ofByteArray());
        }

        /** An answer that does not end by itself. */
        HttpResponse<InputStream> stream(String path, String... headers) throws Exception {
            return http.send(
                    request("GET", path, BodyPublishers.noBody(), headers).build(), BodyHandlers.ofInputStream());
        }

        Answer send(String method, String path, String body, String... headers) throws Exception {
            var request = request(method, path, BodyPublishers.ofString(body.replace('\'', '"')), headers);
            var response = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body(), response.headers());
        }

        private HttpRequest.Builder request(
                String method, String path, HttpRequest.BodyPublisher body, String... headers) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port() + path))
                    .timeout(Duration.ofSeconds(30))
                    .method(method, body);
            if (!token.isEmpty()) {
                request.header("Authorization", "Bearer " + token);
            }
            if (headers.length > 0) {
                request.headers(headers);
            }
            return request;
        }
    }
}
