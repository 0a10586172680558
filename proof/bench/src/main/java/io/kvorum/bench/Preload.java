package io.kvorum.bench;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/** Writes the keys that reads find later. One thread, once. */
final class Preload {
    private static final int AT_ONCE = 200;
    private static final Duration LIMIT = Duration.ofSeconds(60);

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
            int first = from;
            int last = Math.min(count, from + AT_ONCE);
            int _ = Patience.until(LIMIT, () -> "the keys to be read could not be written", () -> {
                boolean isWritten = written(first, last, key);
                return isWritten ? Optional.of(last) : Optional.empty();
            });
        }
    }

    /** All of them, or the caller tries all of them again. */
    private boolean written(int from, int to, IntFunction<ByteString> key) {
        List<ListenableFuture<PutResponse>> batch = new ArrayList<>();
        for (int i = from; i < to; i++) {
            PutRequest request =
                    PutRequest.newBuilder().setKey(key.apply(i)).setValue(value).build();
            batch.add(KVGrpc.newFutureStub(wires.of(i)).put(request));
        }
        return batch.stream().allMatch(Preload::isDone);
    }

    private static boolean isDone(ListenableFuture<PutResponse> put) {
        try {
            var _ = put.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
