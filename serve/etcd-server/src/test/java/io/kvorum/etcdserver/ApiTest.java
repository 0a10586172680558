package io.kvorum.etcdserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DowngradeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.WatchCancelRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchProgressRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.kvorum.engine.EngineConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiTest {
    @TempDir
    private Path folder;

    private Side.Ours ours;
    private ManagedChannel channel;
    private KVGrpc.KVBlockingStub kv;

    private final BlockingQueue<WatchResponse> said = new LinkedBlockingQueue<>();
    private StreamObserver<WatchRequest> watches;

    @BeforeEach
    void open() {
        ours = new Side.Ours(EngineConfig.in(folder.resolve("state")), null, Duration.ofMillis(300));
        channel = NettyChannelBuilder.forAddress(ours.server().addresses().getFirst())
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
        kv = KVGrpc.newBlockingStub(channel);
        watches = WatchGrpc.newStub(channel).watch(new StreamObserver<>() {
            @Override
            public void onNext(WatchResponse response) {
                said.add(response);
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        });
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        ours.close();
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private void put(String key, String value) {
        var ignored = kv.put(
                PutRequest.newBuilder().setKey(text(key)).setValue(text(value)).build());
    }

    private void watch(WatchCreateRequest.Builder request) {
        watches.onNext(WatchRequest.newBuilder().setCreateRequest(request).build());
    }

    private WatchResponse next() throws InterruptedException {
        WatchResponse response = said.poll(20, TimeUnit.SECONDS);
        assertThat(response).as("an answer in time").isNotNull();
        return response;
    }

    @Test
    void aStreamCarriesManyWatchesAndTellsThemApart() throws Exception {
        int many = 500;
        for (int i = 0; i < many; i++) {
            watch(WatchCreateRequest.newBuilder().setKey(text("key-" + i)));
            assertThat(next().getCreated()).isTrue();
        }
        for (int i = 0; i < many; i++) {
            put("key-" + i, "1");
        }
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            WatchResponse response = next();
            assertThat(response.getEvents(0).getKv().getKey()).isEqualTo(text("key-" + response.getWatchId()));
            ids.add(response.getWatchId());
        }
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void anAskedForProgressComesAfterAllThatHadHappened() throws Exception {
        watch(WatchCreateRequest.newBuilder().setKey(text("a")).setWatchId(4));
        watch(WatchCreateRequest.newBuilder().setKey(text("b")).setWatchId(5));
        next();
        next();
        put("a", "1");
        put("other", "1");
        watches.onNext(WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build());
        WatchResponse event = next();
        assertThat(event.getWatchId()).isEqualTo(4);
        WatchResponse progress = next();
        assertThat(progress.getWatchId()).isEqualTo(-1);
        assertThat(progress.getHeader().getRevision()).isEqualTo(3);
    }

    @Test
    void aQuietWatchIsToldHowFarItHasComeIfItWishes() throws Exception {
        watch(WatchCreateRequest.newBuilder().setKey(text("a")).setProgressNotify(true));
        next();
        put("other", "1");
        WatchResponse progress = next();
        while (progress.getHeader().getRevision() < 2) {
            progress = next();
        }
        assertThat(progress.getEventsList()).isEmpty();
        assertThat(progress.getWatchId()).isZero();
    }

    @Test
    void aWatchFiltersFragmentsAndEnds() throws Exception {
        List<String> large = List.of("x".repeat(900_000), "y".repeat(900_000));
        put("big-1", large.getFirst());
        put("big-2", large.getLast());
        watch(WatchCreateRequest.newBuilder()
                .setKey(text("big"))
                .setRangeEnd(text("bih"))
                .setStartRevision(1)
                .setFragment(true)
                .addFilters(WatchCreateRequest.FilterType.NODELETE));
        next();
        WatchResponse first = next();
        assertThat(first.getEventsCount()).isEqualTo(1);
        assertThat(next().getEventsCount()).isEqualTo(1);
        watch(WatchCreateRequest.newBuilder().setKey(text("x")).setWatchId(9));
        watch(WatchCreateRequest.newBuilder().setKey(text("x")).setWatchId(9));
        next();
        assertThat(next().getCancelReason()).isEqualTo("mvcc: duplicate watch ID provided on the WatchStream");
        watches.onNext(WatchRequest.newBuilder()
                .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(9))
                .build());
        assertThat(next().getCanceled()).isTrue();
    }

    @Test
    void aDowngradeIsRefusedInEtcdsWords() {
        assertThat(downgrade(DowngradeRequest.DowngradeAction.VALIDATE, "3.3.0"))
                .isEqualTo("INVALID_ARGUMENT: etcdserver: invalid downgrade target version");
        assertThat(downgrade(DowngradeRequest.DowngradeAction.ENABLE, "3.3"))
                .isEqualTo("INVALID_ARGUMENT: etcdserver: invalid downgrade target version");
        assertThat(downgrade(DowngradeRequest.DowngradeAction.ENABLE, "the last one"))
                .isEqualTo("INVALID_ARGUMENT: etcdserver: wrong downgrade target version format");
        assertThat(downgrade(DowngradeRequest.DowngradeAction.CANCEL, ""))
                .isEqualTo("FAILED_PRECONDITION: etcdserver: no inflight downgrade job");
    }

    private String downgrade(DowngradeRequest.DowngradeAction action, String version) {
        try {
            return MaintenanceGrpc.newBlockingStub(channel)
                    .downgrade(DowngradeRequest.newBuilder()
                            .setAction(action)
                            .setVersion(version)
                            .build())
                    .toString();
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
        }
    }

    /** Frames of HTTP/2 by hand: a client of the library keeps the rules. */
    @Test
    void whoPingsTooOftenIsSentAway() throws Exception {
        InetSocketAddress address = ours.server().addresses().getFirst();
        try (var socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(10_000);
            // at once: the server hangs up in the middle of it
            var out = new ByteArrayOutputStream();
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0}); // settings, none
            for (int i = 0; i < 10; i++) {
                out.write(new byte[] {0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8});
            }
            socket.getOutputStream().write(out.toByteArray());
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains("too_many_pings");
        }
    }

    @Test
    void rangesAndTransactionsLargerThanARequestMayBeAreAnswered() {
        for (int i = 0; i < 4; i++) {
            put("large-" + i, "x".repeat(1_000_000));
        }
        var all = RangeRequest.newBuilder()
                .setKey(text("large-"))
                .setRangeEnd(text("large."))
                .build();
        assertThat(kv.range(all).getKvsList())
                .extracting(item -> item.getValue().size())
                .containsExactly(1_000_000, 1_000_000, 1_000_000, 1_000_000);
        var reads = TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestRange(all))
                .build();
        assertThat(kv.txn(reads).getResponses(0).getResponseRange().getCount()).isEqualTo(4);
    }

    @Test
    void aWatchOnCompactedHistoryLearnsWhereItMayResume() throws Exception {
        put("a", "1");
        put("a", "2");
        put("a", "3");
        var ignored = kv.compact(CompactionRequest.newBuilder().setRevision(3).build());
        watch(WatchCreateRequest.newBuilder().setKey(text("a")).setStartRevision(2));
        assertThat(next().getCreated()).isTrue();
        WatchResponse end = next();
        assertThat(end.getCanceled()).isTrue();
        assertThat(end.getCompactRevision()).isEqualTo(3);
    }

    @Test
    void whatIsTooLargeIsRefusedInEtcdsWords() {
        assertThatThrownBy(() -> put("a", "x".repeat(3 << 19)))
                .hasMessage("INVALID_ARGUMENT: etcdserver: request is too large");
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = 0; i < 129; i++) {
            txn.addSuccessBuilder().getRequestPutBuilder().setKey(text("k" + i));
        }
        assertThatThrownBy(() -> kv.txn(txn.build()))
                .hasMessage("INVALID_ARGUMENT: etcdserver: too many operations in txn request");
        LeaseGrpc.LeaseBlockingStub leases = LeaseGrpc.newBlockingStub(channel);
        var ignored = leases.leaseGrant(
                LeaseGrantRequest.newBuilder().setID(5).setTTL(60).build());
        assertThatThrownBy(() -> leases.leaseGrant(
                        LeaseGrantRequest.newBuilder().setID(5).setTTL(60).build()))
                .hasMessage("FAILED_PRECONDITION: etcdserver: lease already exists");
    }

    @Test
    void aFullStoreSaysSoUntilAnOperatorHasMadeRoom() throws Exception {
        assumeTrue(Commands.areThere(), "etcdctl is not installed");
        EngineConfig small = EngineConfig.in(folder.resolve("small")).withQuotaBytes(3_000_000);
        try (Side.Ours full = new Side.Ours(small, null, Duration.ofMinutes(10))) {
            String value = "x".repeat(100_000);
            String said = "OK\nexit 0\n";
            for (int i = 0; i < 100 && said.equals("OK\nexit 0\n"); i++) {
                said = run(full, "put", "big", value);
            }
            assertThat(said).contains("Error: etcdserver: mvcc: database space exceeded", "exit 1");
            assertThat(run(full, "alarm", "list")).isEqualTo("memberID:1 alarm:NOSPACE \nexit 0\n");
            HttpClient http =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            assertThat(get(http, full.endpoint() + "/health"))
                    .isEqualTo("{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}\n");
            assertThat(run(full, "lease", "grant", "60")).contains("database space exceeded");
            assertThat(run(full, "del", "nothing")).isEqualTo("0\nexit 0\n");
            run(full, "compaction", Long.toString(full.store().revision().value()), "--physical");
            assertThat(run(full, "defrag")).contains("Finished defragmenting");
            assertThat(run(full, "put", "a", "1")).contains("database space exceeded");
            assertThat(run(full, "alarm", "disarm")).isEqualTo("memberID:1 alarm:NOSPACE \nexit 0\n");
            assertThat(run(full, "put", "a", "1")).isEqualTo("OK\nexit 0\n");
        }
    }

    private static String run(Side.Ours side, String... arguments) {
        return side.etcdctl(List.of(arguments), "", Duration.ofSeconds(20));
    }

    @Test
    void grpcHealthSaysServing() {
        var answer = HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
        assertThat(answer.getStatus()).isEqualTo(ServingStatus.SERVING);
    }

    private static String get(HttpClient http, String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(20))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
