package io.kvorum.bench;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Kills the leader and waits for the first write that is acknowledged. One thread. */
final class FailOver {
    private static final long ATTEMPT_MILLIS = 250;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Cluster cluster;
    private final PutRequest put = PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("/bench/failover"))
            .setValue(ByteString.copyFrom(new byte[Keys.VALUE_BYTES]))
            .build();

    FailOver(Cluster cluster) {
        this.cluster = cluster;
    }

    /** One writer per member tries again and again; the killed member is back and caught up when this returns. */
    Duration round() {
        int leader = cluster.awaitLeader();
        for (int member = 0; member < cluster.size(); member++) {
            written(cluster.channel(member), Duration.ofSeconds(5).toMillis());
        }
        var first = new CompletableFuture<Long>();
        long killed = System.nanoTime();
        cluster.kill(leader);
        for (int member = 0; member < cluster.size(); member++) {
            Channel channel = cluster.channel(member);
            Thread.ofVirtual().name("writer-", member).start(() -> write(channel, first));
        }
        long acknowledged = awaited(first);
        cluster.restart(leader);
        return Duration.ofNanos(acknowledged - killed);
    }

    private void write(Channel channel, CompletableFuture<Long> first) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!first.isDone() && System.nanoTime() < end) {
            if (written(channel, ATTEMPT_MILLIS)) {
                first.complete(System.nanoTime());
            } else {
                Patience.pause(Duration.ofMillis(5));
            }
        }
    }

    private boolean written(Channel channel, long limitMillis) {
        try {
            var _ = KVGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(limitMillis, TimeUnit.MILLISECONDS)
                    .put(put);
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    private long awaited(CompletableFuture<Long> first) {
        try {
            return first.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException(
                    cluster.rival().name() + " takes no writes " + LIMIT.toSeconds() + " s after its leader's end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
