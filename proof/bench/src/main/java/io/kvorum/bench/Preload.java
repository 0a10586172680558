package io.kvorum.bench;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/** Writes the keys that reads find later. One thread, once. */
final class Preload {
    private static final int AT_ONCE = 200;

    private final Wires.Bundle wires;
    private final ByteString value = Keys.value(RandomGenerator.of("Xoroshiro128PlusPlus"));

    Preload(Wires.Bundle wires) {
        this.wires = wires;
    }

    void run() {
        write(Keys.STORED, Keys::stored);
        write(Keys.RANGE, Keys::ranged);
    }

    private void write(int count, IntFunction<ByteString> key) {
        for (int from = 0; from < count; from += AT_ONCE) {
            List<ListenableFuture<PutResponse>> batch = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + AT_ONCE); i++) {
                PutRequest request = PutRequest.newBuilder()
                        .setKey(key.apply(i))
                        .setValue(value)
                        .build();
                batch.add(KVGrpc.newFutureStub(wires.of(i)).put(request));
            }
            batch.forEach(Preload::await);
        }
    }

    private static void await(ListenableFuture<PutResponse> put) {
        try {
            var _ = put.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the keys to be read could not be written", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
