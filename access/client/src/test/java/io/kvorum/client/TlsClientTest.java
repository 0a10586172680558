package io.kvorum.client;

import static io.kvorum.client.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvorum.http.Endpoint;
import io.kvorum.http.HttpConfig;
import io.kvorum.http.HttpsServer;
import io.kvorum.http.Tls;
import io.kvorum.pki.CertificateAuthority;
import io.kvorum.pki.LeafProfile;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.Trust;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsClientTest {
    private final MemoryApi api = new MemoryApi(InstantSource.system());
    private final List<String> callers = new CopyOnWriteArrayList<>();
    private CertificateAuthority authority;
    private X509TrustManager trust;
    private HttpsServer server;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() {
        authority = CertificateAuthority.openOrCreate(folder, "ca", "test-ca", InstantSource.system());
        trust = Trust.in(authority.chain());
        var keys = new ReloadableKeyManager(authority.issue(LeafProfile.server("server", List.of("127.0.0.1"))));
        Endpoint endpoint = exchange -> {
            callers.add(
                    exchange.peerCertificates().isEmpty()
                            ? exchange.requestHeaders().first("Authorization").orElse("nobody")
                            : exchange.peerCertificates()
                                    .getFirst()
                                    .getSubjectX500Principal()
                                    .getName());
            api.handle(exchange);
        };
        server = new HttpsServer(
                HttpConfig.listeningOn(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                new Tls(keys, trust, Tls.ClientCertificates.WANTED),
                endpoint);
        server.start();
    }

    @AfterEach
    void stop() {
        api.shutDown();
        server.stop(Duration.ZERO);
    }

    @Test
    void aClientCertificateSpeaksForItsHolderInRequestsAndWatches() throws Exception {
        var identity = new ReloadableKeyManager(authority.issue(LeafProfile.client("system:node:a", "system:nodes")));
        try (KubernetesClient client = Clients.overTls(uri(), TlsMaterial.certificate(trust, identity));
                Informers informers = new Informers(client)) {
            Informer<ConfigMap> maps = informers.of(ConfigMap.class);
            assertThat(informers.start(Duration.ofSeconds(10))).isTrue();
            new ObjectApi(client).create(map());
            eventually(
                    () -> assertThat(maps.find(new ObjectKey("default", "a"))).isPresent());
            assertThat(callers).allMatch(name -> name.contains("CN=system:node:a"));
        }
    }

    @Test
    void aTokenIsAskedForAnewForEachRequest() {
        List<String> tokens = new CopyOnWriteArrayList<>(List.of("first", "second"));
        try (KubernetesClient client = Clients.overTls(
                uri(), TlsMaterial.token(trust, () -> tokens.size() > 1 ? tokens.removeFirst() : tokens.getFirst()))) {
            ObjectApi objects = new ObjectApi(client);
            objects.create(map());
            assertThat(objects.find(ConfigMap.class, new ObjectKey("default", "a")))
                    .isPresent();
            assertThat(callers).contains("Bearer second").allMatch(caller -> caller.startsWith("Bearer "));
        }
    }

    private URI uri() {
        return URI.create("https://127.0.0.1:" + server.addresses().getFirst().getPort());
    }

    private static ConfigMap map() {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("a")
                .endMetadata()
                .build();
    }
}
