package io.kvorum.etcdserver;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.kvorum.engine.EngineConfig;
import io.kvorum.jraft.JRaftLog;
import io.kvorum.jraft.JRaftLogConfig;
import io.kvorum.jraft.PeerSecurity;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures puts of 256 bytes a second over gRPC, one member each, Debian's etcd and ours in turn. Run by hand:
 * {@code java ... io.kvorum.etcdserver.PutRate 10} for ten seconds a run.
 */
final class PutRate {
    private static final Logger log = LoggerFactory.getLogger(PutRate.class);
    private static final int CHANNELS = 8;

    private PutRate() {}

    public static void main(String[] arguments) throws Exception {
        Duration duration = Duration.ofSeconds(arguments.length == 0 ? 5 : Long.parseLong(arguments[0]));
        Path folder = Files.createTempDirectory(Path.of("target"), "put-rate");
        Member self = new Member(
                new MemberId(1), new InetSocketAddress(InetAddress.getLoopbackAddress(), Side.freePort()), false);
        JRaftLogConfig config = new JRaftLogConfig(
                folder.resolve("raft"),
                self.id(),
                self.peerAddress(),
                self.peerAddress(),
                List.of(self),
                JRaftLogConfig.Timings.DEFAULT,
                JRaftLogConfig.SNAPSHOT_ENTRIES,
                new PeerSecurity.PlainOnLoopback(),
                JRaftLogConfig.Limits.DEFAULT);
        try (Side debian = new Side.Debian(folder.resolve("debian"), null);
                Side ours = new Side.Ours(
                        EngineConfig.in(folder.resolve("ours")), JRaftLog.open(config), null, Duration.ofMinutes(10))) {
            for (int clients : new int[] {64, 64, 1, 64, 256}) {
                for (Side side : List.of(debian, ours)) {
                    String name = side == debian ? "etcd" : "ours";
                    log.atInfo()
                            .addKeyValue("side", name)
                            .addKeyValue("clients", clients)
                            .addKeyValue("puts/s", rate(side, clients, duration))
                            .log("measured");
                }
            }
        }
    }

    private static long rate(Side side, int clients, Duration duration) throws InterruptedException {
        String[] address = side.endpoint().replace("http://", "").split(":");
        List<ManagedChannel> channels = new ArrayList<>();
        for (int i = 0; i < Math.min(clients, CHANNELS); i++) {
            channels.add(NettyChannelBuilder.forAddress(address[0], Integer.parseInt(address[1]))
                    .usePlaintext()
                    .build());
        }
        AtomicLong done = new AtomicLong();
        long end = System.nanoTime() + duration.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            var kv = KVGrpc.newBlockingStub(channels.get(i % channels.size()));
            int client = i;
            threads.add(Thread.ofVirtual().start(() -> {
                for (long n = 0; System.nanoTime() < end; n++) {
                    PutRequest put = PutRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("/key/%03d/%016d".formatted(client, n % 1000)))
                            .setValue(ByteString.copyFrom(new byte[256]))
                            .build();
                    var ignored = kv.put(put);
                    done.incrementAndGet();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        channels.forEach(ManagedChannel::shutdownNow);
        return done.get() / duration.toSeconds();
    }
}
