package io.kvorum.etcdserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.kvorum.engine.EngineConfig;
import io.kvorum.mvcc.Alarm;
import io.kvorum.pki.Identity;
import io.kvorum.pki.Pem;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health, version and metrics: for everybody, on the port where everything else wants a certificate. */
class PagesTest {
    private static final Path CURL = Path.of("/usr/bin/curl");

    @TempDir
    private Path folder;

    private TestKeys keys;
    private Side.Ours ours;
    private HttpClient anybody;

    @BeforeEach
    void open() {
        keys = TestKeys.in(folder.resolve("keys"));
        ours = new Side.Ours(EngineConfig.in(folder.resolve("state")), keys, Duration.ofMinutes(10));
        anybody = HttpClient.newBuilder()
                .sslContext(Trust.clientContext(Pem.certificates(keys.ca()), null))
                .build();
    }

    @AfterEach
    void close() {
        anybody.close();
        ours.close();
    }

    private String get(String page) {
        return answer(page).body();
    }

    private HttpResponse<String> answer(String page) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(ours.endpoint() + page))
                .timeout(Duration.ofSeconds(20))
                .build();
        return send(request);
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return anybody.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Test
    void disksAreToldOfAsEtcdTellsOfThem() {
        assertThat(get("/metrics"))
                .contains("# TYPE etcd_disk_wal_fsync_duration_seconds histogram")
                .contains("etcd_disk_wal_fsync_duration_seconds_bucket{le=\"0.001\"} ")
                .contains("etcd_disk_wal_fsync_duration_seconds_bucket{le=\"8.192\"} ")
                .contains("etcd_disk_wal_fsync_duration_seconds_bucket{le=\"+Inf\"} ")
                .contains("etcd_disk_wal_fsync_duration_seconds_sum ")
                .contains("etcd_disk_backend_commit_duration_seconds_bucket{le=\"0.256\"} ")
                .contains("# TYPE etcd_network_peer_round_trip_time_seconds histogram")
                .contains("etcd_server_slow_apply_total ");
    }

    @Test
    void pagesNeedNoCertificate() {
        assertThat(get("/health")).isEqualTo("{\"health\":\"true\",\"reason\":\"\"}");
        assertThat(get("/version")).isEqualTo("{\"etcdserver\":\"3.4.23\",\"etcdcluster\":\"3.4.0\"}");
        assertThat(get("/livez")).isEqualTo("ok\n");
        assertThat(get("/readyz?verbose").lines())
                .containsExactly(
                        "[+]data_corruption ok",
                        "[+]serializable_read ok",
                        "[+]linearizable_read ok",
                        "[+]non_learner ok",
                        "[+]disk ok",
                        "ok");
        assertThat(get("/readyz?verbose&exclude=linearizable_read&exclude=non_learner"))
                .isEqualTo("[+]data_corruption ok\n[+]serializable_read ok\n[+]disk ok\nok\n");
        assertThat(get("/readyz/linearizable_read?verbose")).isEqualTo("[+]linearizable_read ok\nok\n");
        assertThat(answer("/readyz/other").statusCode()).isEqualTo(404);
        assertThat(answer("/v3/kv/range").statusCode()).isEqualTo(404);
        HttpRequest post = HttpRequest.newBuilder(URI.create(ours.endpoint() + "/health"))
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build();
        assertThat(send(post).statusCode()).isEqualTo(405);
    }

    /** Curl offers HTTP/2 first. */
    @Test
    void curlNeedsTheAuthorityOnly() {
        assumeTrue(Files.isExecutable(CURL), "curl is not installed");
        String said = Commands.run(
                List.of(CURL.toString(), "-sf", "--cacert", keys.ca().toString(), ours.endpoint() + "/health"),
                Map.of(),
                "",
                Duration.ofSeconds(20));
        assertThat(said).isEqualTo("{\"health\":\"true\",\"reason\":\"\"}exit 0\n");
    }

    @Test
    void callsNeedACertificate() throws Exception {
        ManagedChannel stranger = NettyChannelBuilder.forAddress(
                        ours.server().addresses().getFirst())
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(keys.ca().toFile())
                        .build())
                .build();
        try {
            assertThatThrownBy(() -> put(stranger)).hasMessageContaining("UNAUTHENTICATED: etcdserver: a client cert");
            assertThatThrownBy(
                            () -> HealthGrpc.newBlockingStub(stranger).check(HealthCheckRequest.getDefaultInstance()))
                    .hasMessageContaining("UNAUTHENTICATED");
        } finally {
            stranger.shutdownNow();
        }
        ManagedChannel known = NettyChannelBuilder.forAddress(
                        ours.server().addresses().getFirst())
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(keys.ca().toFile())
                        .keyManager(
                                Pem.keyPair(keys.client().keyFile()).getPrivate(),
                                Pem.certificates(keys.client().certificateFile())
                                        .toArray(X509Certificate[]::new))
                        .build())
                .build();
        try {
            put(known);
        } finally {
            known.shutdownNow();
        }
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNoCertificate() throws Exception {
        TestKeys others = TestKeys.in(folder.resolve("others"));
        var identity = new ReloadableKeyManager(new Identity(
                Pem.keyPair(others.client().keyFile()).getPrivate(),
                Pem.certificates(others.client().certificateFile())));
        try (HttpClient stranger = HttpClient.newBuilder()
                .sslContext(Trust.clientContext(Pem.certificates(keys.ca()), identity))
                .build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(ours.endpoint() + "/health"))
                    .timeout(Duration.ofSeconds(20))
                    .build();
            assertThatThrownBy(() -> stranger.send(request, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }

    private static void put(Channel channel) {
        var ignored = KVGrpc.newBlockingStub(channel)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("a"))
                        .build());
    }

    @Test
    void alarmsAreTold() {
        ours.store().upkeep().raise(new Alarm(1, Alarm.Kind.NO_SPACE));
        HttpResponse<String> full = answer("/health");
        assertThat(full.statusCode()).isEqualTo(503);
        assertThat(full.body()).isEqualTo("{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}\n");
        assertThat(answer("/health?exclude=NOSPACE").statusCode()).isEqualTo(200);
        assertThat(answer("/readyz").statusCode()).isEqualTo(200);

        ours.store().upkeep().raise(new Alarm(1, Alarm.Kind.CORRUPT));
        assertThat(answer("/health?exclude=NOSPACE").body()).contains("ALARM CORRUPT");
        assertThat(get("/readyz")).startsWith("[-]data_corruption failed: alarm activated: CORRUPT\n");
    }

    @Test
    void dashboardsFindTheirMetrics() {
        String metrics = get("/metrics");
        assertThat(metrics)
                .contains(
                        "etcd_server_has_leader 1\n",
                        "etcd_server_is_leader 1\n",
                        "etcd_server_leader_changes_seen_total 1\n",
                        "etcd_server_proposals_committed_total ",
                        "etcd_server_proposals_applied_total ",
                        "etcd_server_proposals_pending 0\n",
                        "etcd_server_proposals_failed_total ",
                        "etcd_mvcc_db_total_size_in_bytes ",
                        "etcd_mvcc_db_total_size_in_use_in_bytes ",
                        "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Range\","
                                + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} ",
                        "process_resident_memory_bytes ",
                        "process_start_time_seconds ");
        assertThat(metrics.lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> line.matches("[a-z_]+(\\{[^}]*})? -?[0-9.E+]+"));
    }

    @Test
    void healthIsAnsweredOnItsOwnPortToo() {
        String own =
                "http://127.0.0.1:" + ours.server().healthAddresses().getFirst().getPort();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(own + "/livez?verbose")).build();
        assertThat(send(request).body()).isEqualTo("[+]serializable_read ok\nok\n");
    }
}
