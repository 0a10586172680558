package io.kvorum.torture;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.kvorum.torture.Book.LeaseStory;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Takes leases, keeps some alive for a while, and lets all run out. One thread. */
final class LeaseHolder {
    private final Rack rack;
    private final Random random;
    private final Book book;
    private final Tally tally;
    private final String prefix;
    private final BooleanSupplier isOver;
    private int taken;

    LeaseHolder(Caller caller, Rack rack, Book book, Tally tally, String prefix, BooleanSupplier isOver) {
        this.rack = rack;
        this.random = caller.random();
        this.book = book;
        this.tally = tally;
        this.prefix = prefix;
        this.isOver = isOver;
    }

    void run() throws InterruptedException {
        while (!isOver.getAsBoolean()) {
            try {
                holdOne("%s/lease/%d-%d".formatted(prefix, random.nextInt(1 << 20), ++taken));
            } catch (StatusRuntimeException e) {
                tally.failed(e.getStatus());
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private Door anyDoor() {
        var doors = rack.doors();
        return doors.get(random.nextInt(doors.size()));
    }

    private void holdOne(String key) throws InterruptedException {
        long ttl = 2 + random.nextLong(5);
        long renewedAt = System.nanoTime();
        var granted = anyDoor()
                .lease(Duration.ofSeconds(3))
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(ttl).build());
        long id = granted.getID();
        long promised = granted.getTTL();
        boolean isAttached = attach(key, id);
        for (int renewals = random.nextInt(6); isAttached && renewals > 0 && !isOver.getAsBoolean(); renewals--) {
            TimeUnit.MILLISECONDS.sleep(random.nextLong(ttl * 700));
            long calledAt = System.nanoTime();
            if (renew(id)) {
                renewedAt = calledAt;
            }
        }
        if (isAttached) {
            book.note(new LeaseStory(id, key, renewedAt, promised, Long.MAX_VALUE));
        }
    }

    private boolean attach(String key, long lease) {
        try {
            var put = PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8("held"))
                    .setLease(lease)
                    .build();
            anyDoor().kv(Duration.ofSeconds(3)).put(put);
            return true;
        } catch (StatusRuntimeException e) {
            tally.failed(e.getStatus());
            return false;
        }
    }

    /** Whether the lease was there and is renewed. */
    private boolean renew(long id) throws InterruptedException {
        var answer = new CompletableFuture<Long>();
        StreamObserver<LeaseKeepAliveRequest> requests = anyDoor()
                .keepAlive(Duration.ofSeconds(2))
                .leaseKeepAlive(new StreamObserver<>() {
                    @Override
                    public void onNext(LeaseKeepAliveResponse response) {
                        answer.complete(response.getTTL());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.complete(-1L);
                    }

                    @Override
                    public void onCompleted() {
                        answer.complete(-1L);
                    }
                });
        requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
        try {
            long ttl = answer.get(3, TimeUnit.SECONDS);
            requests.onCompleted();
            return ttl > 0;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }
}
