package io.kvorum.etcdserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.SnapshotRequest;
import io.etcd.jetcd.api.SnapshotResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.kvorum.engine.EngineConfig;
import io.kvorum.model.Revision;
import io.kvorum.snapshot.SnapshotFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that last: watches by the thousand, slow ones, snapshots, and what becomes of them without a leader. */
class StreamsTest {
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    @TempDir
    private Path folder;

    private LeaderlessLog log;
    private Side.Ours ours;
    private ManagedChannel channel;

    @BeforeEach
    void open() {
        log = new LeaderlessLog();
        ours = new Side.Ours(EngineConfig.in(folder.resolve("state")), log, null, Duration.ofMinutes(10));
        channel = channel();
    }

    private ManagedChannel channel() {
        return NettyChannelBuilder.forAddress(ours.server().addresses().getFirst())
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        ours.close();
    }

    private void put(String key, String value) {
        var ignored = KVGrpc.newBlockingStub(channel)
                .put(PutRequest.newBuilder()
                        .setKey(text(key))
                        .setValue(text(value))
                        .build());
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** What a stream said, and how it ended. */
    private static final class Heard<T> implements StreamObserver<T> {
        private final BlockingQueue<T> said = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> end = new LinkedBlockingQueue<>();

        @Override
        public void onNext(T value) {
            said.add(value);
        }

        @Override
        public void onError(Throwable failure) {
            end.add(String.valueOf(failure.getMessage()));
        }

        @Override
        public void onCompleted() {
            end.add("completed");
        }

        T next() throws InterruptedException {
            T value = said.poll(30, TimeUnit.SECONDS);
            assertThat(value).as("an answer in time; ended: %s", end).isNotNull();
            return value;
        }

        String end() throws InterruptedException {
            return end.poll(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void fiveThousandWatchesShareOneStreamAndHearTheSameChange() throws Exception {
        int many = 5000;
        Heard<WatchResponse> heard = new Heard<>();
        StreamObserver<WatchRequest> watches = WatchGrpc.newStub(channel).watch(heard);
        for (int i = 0; i < many; i++) {
            watches.onNext(watch("key", "kez"));
        }
        for (int i = 0; i < many; i++) {
            assertThat(heard.next().getCreated()).isTrue();
        }
        put("key-1", "1");
        boolean[] told = new boolean[many];
        for (int i = 0; i < many; i++) {
            WatchResponse event = heard.next();
            assertThat(event.getEvents(0).getKv().getKey()).isEqualTo(text("key-1"));
            assertThat(told[(int) event.getWatchId()]).isFalse();
            told[(int) event.getWatchId()] = true;
        }
        watches.onCompleted();
        assertThat(heard.end()).isEqualTo("completed");
    }

    private static WatchRequest watch(String from, String to) {
        return WatchRequest.newBuilder()
                .setCreateRequest(
                        WatchCreateRequest.newBuilder().setKey(text(from)).setRangeEnd(text(to)))
                .build();
    }

    @Test
    void whoDoesNotReadWhatItWatchesCostsNobodyElse() throws Exception {
        ManagedChannel other = channel();
        try {
            CountDownLatch created = new CountDownLatch(1);
            Slow slow = new Slow(created);
            StreamObserver<WatchRequest> unread = WatchGrpc.newStub(other).watch(slow);
            unread.onNext(watch("key", "kez"));
            assertThat(created.await(20, TimeUnit.SECONDS)).isTrue();

            Heard<WatchResponse> heard = new Heard<>();
            StreamObserver<WatchRequest> quick = WatchGrpc.newStub(channel).watch(heard);
            quick.onNext(watch("key", "kez"));
            assertThat(heard.next().getCreated()).isTrue();
            String value = "x".repeat(100_000);
            for (int i = 0; i < 200; i++) {
                put("key-" + i, value);
                assertThat(heard.next().getEvents(0).getKv().getKey()).isEqualTo(text("key-" + i));
            }
            await(() -> ours.server().metrics().contains("etcd_debugging_mvcc_slow_watcher_total 1\n"));
            slow.readAll();
            await(() -> slow.seen() == 200);
        } finally {
            other.shutdownNow();
        }
    }

    /** Takes the answer to its own request, and nothing more until it is told to. */
    private static final class Slow implements ClientResponseObserver<WatchRequest, WatchResponse> {
        private final CountDownLatch created;
        private ClientCallStreamObserver<WatchRequest> call;
        private final AtomicInteger seen = new AtomicInteger();

        private Slow(CountDownLatch created) {
            this.created = created;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
            call = started;
            started.disableAutoRequestWithInitial(1);
        }

        @Override
        public void onNext(WatchResponse response) {
            created.countDown();
            seen.addAndGet(response.getEventsCount());
        }

        void readAll() {
            call.request(Integer.MAX_VALUE);
        }

        int seen() {
            return seen.get();
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private Channel wantingALeader() {
        Metadata headers = new Metadata();
        headers.put(HAS_LEADER, "true");
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Test
    void streamsThatWantALeaderEndWhenThereHasBeenNoneForTooLong() throws Exception {
        Heard<WatchResponse> led = new Heard<>();
        StreamObserver<WatchRequest> watches =
                WatchGrpc.newStub(wantingALeader()).watch(led);
        watches.onNext(watch("a", "b"));
        assertThat(led.next().getCreated()).isTrue();
        Heard<LeaseKeepAliveResponse> kept = new Heard<>();
        StreamObserver<LeaseKeepAliveRequest> leases =
                LeaseGrpc.newStub(wantingALeader()).leaseKeepAlive(kept);
        leases.onNext(LeaseKeepAliveRequest.newBuilder().setID(1).build());
        assertThat(kept.next().getTTL()).isZero();
        Heard<WatchResponse> carefree = new Heard<>();
        StreamObserver<WatchRequest> others = WatchGrpc.newStub(channel).watch(carefree);
        others.onNext(watch("a", "b"));
        assertThat(carefree.next().getCreated()).isTrue();

        log.loseLeader();
        assertThat(led.end()).isEqualTo("UNAVAILABLE: etcdserver: no leader");
        assertThat(kept.end()).isEqualTo("UNAVAILABLE: etcdserver: no leader");
        assertThatThrownBy(() -> KVGrpc.newBlockingStub(wantingALeader())
                        .range(RangeRequest.newBuilder()
                                .setKey(text("a"))
                                .setSerializable(true)
                                .build()))
                .hasMessage("UNAVAILABLE: etcdserver: no leader");
        assertThat(carefree.end).isEmpty();
        // The server has let go of what was cut: only the watch of who does not mind is left.
        await(() -> ours.server().metrics().contains("etcd_debugging_mvcc_watch_stream_total 1\n"));
        await(() -> ours.server().metrics().contains("etcd_debugging_mvcc_watcher_total 1\n"));

        log.findLeader();
        put("a", "1");
        assertThat(carefree.next().getEvents(0).getKv().getKey()).isEqualTo(text("a"));
    }

    @Test
    void aSnapshotComesInChunksThatTellHowMuchIsLeft() throws Exception {
        for (int i = 0; i < 40; i++) {
            put("key-" + i, "x".repeat(5000));
        }
        Iterator<SnapshotResponse> chunks =
                MaintenanceGrpc.newBlockingStub(channel).snapshot(SnapshotRequest.getDefaultInstance());
        Path file = folder.resolve("snapshot.db");
        long bytes = 0;
        long remaining = 0;
        long first = 0;
        try (OutputStream out = Files.newOutputStream(file)) {
            while (chunks.hasNext()) {
                SnapshotResponse chunk = chunks.next();
                first = first == 0 ? chunk.getRemainingBytes() + chunk.getBlob().size() : first;
                remaining = chunk.getRemainingBytes();
                bytes += chunk.getBlob().size();
                assertThat(chunk.getBlob().size()).isLessThanOrEqualTo(32 << 10);
                chunk.getBlob().writeTo(out);
            }
        }
        assertThat(remaining).isZero();
        assertThat(bytes).isEqualTo(first + 32);
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            assertThat(snapshot.status().revision()).isEqualTo(new Revision(41));
        }
        await(this::hasNoScratch);
    }

    private boolean hasNoScratch() {
        try (var files = Files.list(folder.resolve("state/scratch"))) {
            return files.findAny().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aSnapshotThatIsNotTakenLeavesNothingBehind() throws Exception {
        put("a", "x".repeat(1_000_000));
        put("b", "x".repeat(1_000_000));
        put("c", "x".repeat(1_000_000));
        ClientCall<SnapshotRequest, SnapshotResponse> call =
                channel.newCall(MaintenanceGrpc.getSnapshotMethod(), CallOptions.DEFAULT);
        CountDownLatch came = new CountDownLatch(1);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(SnapshotResponse message) {
                        came.countDown();
                    }
                },
                new Metadata());
        call.request(1);
        call.sendMessage(SnapshotRequest.getDefaultInstance());
        call.halfClose();
        assertThat(came.await(20, TimeUnit.SECONDS)).isTrue();
        call.cancel("enough", null);
        await(this::hasNoScratch);
    }

    @Test
    void theRealEtcdctlSavesASnapshotFromWhichARealEtcdStarts() {
        assumeTrue(Commands.areThere(), "etcd and etcdctl are not installed");
        run("put", "a", "1");
        run("lease", "grant", "3600");
        run("put", "a", "2");
        Path file = folder.resolve("saved.db");
        assertThat(run("snapshot", "save", file.toString())).contains("Snapshot saved at", "exit 0");
        assertThat(run("snapshot", "status", file.toString(), "-w", "fields")).contains("\"Revision\" : 3");
        Path data = folder.resolve("restored");
        String peer = "http://127.0.0.1:2380";
        assertThat(run(
                        "snapshot",
                        "restore",
                        file.toString(),
                        "--name=one",
                        "--data-dir=" + data,
                        "--initial-cluster=one=" + peer,
                        "--initial-advertise-peer-urls=" + peer))
                .contains("exit 0");
        try (Side.Debian debian = new Side.Debian(data, null)) {
            assertThat(debian.etcdctl(List.of("get", "a", "-w", "fields"), "", Duration.ofSeconds(20)))
                    .contains("\"ModRevision\" : 3", "\"Version\" : 2", "\"Value\" : \"2\"");
            assertThat(debian.etcdctl(List.of("get", "a", "--rev=2"), "", Duration.ofSeconds(20)))
                    .isEqualTo("a\n1\nexit 0\n");
            assertThat(debian.etcdctl(List.of("lease", "list"), "", Duration.ofSeconds(20)))
                    .startsWith("found 1 leases");
        }
    }

    private String run(String... arguments) {
        return ours.etcdctl(List.of(arguments), "", Duration.ofSeconds(20));
    }

    @Test
    void reflectionListsTheServicesAndTheirMessages() throws Exception {
        Heard<ServerReflectionResponse> heard = new Heard<>();
        StreamObserver<ServerReflectionRequest> asked =
                ServerReflectionGrpc.newStub(channel).serverReflectionInfo(heard);
        asked.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(heard.next().getListServicesResponse().getServiceList())
                .extracting(service -> service.getName())
                .contains(
                        "etcdserverpb.KV",
                        "etcdserverpb.Watch",
                        "etcdserverpb.Lease",
                        "etcdserverpb.Cluster",
                        "etcdserverpb.Maintenance",
                        "etcdserverpb.Auth",
                        "v3lockpb.Lock",
                        "v3electionpb.Election",
                        "grpc.health.v1.Health");
        asked.onNext(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("etcdserverpb.KV.Range")
                .build());
        assertThat(heard.next().getFileDescriptorResponse().getFileDescriptorProtoCount())
                .isPositive();
        asked.onCompleted();
    }
}
