package io.kvorum.bench.snapshot;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.kvorum.pki.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A program: four clients put small values through etcd's API and tell how long that took. Arguments: a server's address,
 * the folder of its etcd certificates, and for how many seconds; or, without that, counted is what begins between a line
 * on the standard input and its end.
 */
public final class SteadyPuts {
    private static final int CLIENTS = 4;
    private static final int VALUE_BYTES = 512;
    private static final int KEYS = 1000;

    private SteadyPuts() {}

    public static void main(String[] arguments) throws Exception {
        Path certificates = Path.of(arguments[1]);
        ManagedChannel channel = NettyChannelBuilder.forAddress(arguments[0], 2379)
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(Pem.certificates(certificates.resolve("server-ca.crt")))
                        .keyManager(
                                Pem.keyPair(certificates.resolve("client.key")).getPrivate(),
                                Pem.certificates(certificates.resolve("client.crt")))
                        .build())
                .build();
        var phase = new AtomicReference<>(arguments.length > 2 ? Phase.COUNTED : Phase.UNCOUNTED);
        List<List<Long>> nanos = new ArrayList<>();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            List<Long> own = new ArrayList<>();
            int client = i;
            nanos.add(own);
            clients.add(Thread.ofPlatform().start(() -> put(KVGrpc.newBlockingStub(channel), client, phase::get, own)));
        }
        if (arguments.length > 2) {
            TimeUnit.SECONDS.sleep(Long.parseLong(arguments[2]));
        } else {
            awaitInput(phase);
        }
        phase.set(Phase.OVER);
        for (Thread each : clients) {
            each.join();
        }
        channel.shutdownNow();
        List<Long> all = nanos.stream().flatMap(List::stream).sorted().toList();
        System.out.printf(
                "puts=%d p50=%.1f p99=%.1f max=%.1f%n",
                all.size(), millis(all, 0.5), millis(all, 0.99), millis(all, 1));
    }

    private enum Phase {
        UNCOUNTED,
        COUNTED,
        OVER
    }

    private static void awaitInput(AtomicReference<Phase> phase) throws IOException {
        int read = System.in.read();
        while (read >= 0) {
            phase.set(Phase.COUNTED);
            read = System.in.read();
        }
    }

    private static void put(KVGrpc.KVBlockingStub store, int client, Supplier<Phase> phase, List<Long> nanos) {
        ByteString value = ByteString.copyFrom(new byte[VALUE_BYTES]);
        Phase now = phase.get();
        for (int n = 0; now != Phase.OVER; n++) {
            long from = System.nanoTime();
            store.put(PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("/steady/" + client + "/" + n % KEYS))
                    .setValue(value)
                    .build());
            if (now == Phase.COUNTED) {
                nanos.add(System.nanoTime() - from);
            }
            now = phase.get();
        }
    }

    private static double millis(List<Long> sorted, double share) {
        return sorted.get(Math.clamp((int) Math.ceil(share * sorted.size()) - 1, 0, sorted.size() - 1)) / 1e6;
    }
}
