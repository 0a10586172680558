package io.kvorum.bench;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Many watchers of one prefix, some on each stream: a key is put, and when all have been told of it, the next one. One
 * thread runs it, once.
 */
final class FanOut {
    private static final long PATIENCE_SECONDS = 30;
    private static final ByteString PREFIX = ByteString.copyFromUtf8("/bench/fan/");
    private static final ByteString PREFIX_END = ByteString.copyFromUtf8("/bench/fan0");

    private final int watchers;
    private final List<Stream> streams = new ArrayList<>();
    private final CountDownLatch created;
    private final AtomicLong lost = new AtomicLong();
    private volatile Round round = new Round(0);
    private volatile boolean isMeasured;
    private String whyLost = "events did not arrive";

    private FanOut(int watchers) {
        this.watchers = watchers;
        this.created = new CountDownLatch(watchers);
    }

    /** One put and those who wait to hear of it. */
    private static final class Round {
        private final long sent = System.nanoTime();
        private final CountDownLatch deliveries;

        private Round(int watchers) {
            this.deliveries = new CountDownLatch(watchers);
        }
    }

    static <T> ClosedLoop.Outcome<T> run(
            int watchers, Wires.Bundle wires, Duration lead, Duration length, Supplier<T> meter) {
        FanOut fan = new FanOut(watchers);
        fan.subscribe(wires);
        KVGrpc.KVBlockingStub keys = KVGrpc.newBlockingStub(wires.of(0));
        ByteString value = Keys.value(RandomGenerator.of("Xoroshiro128PlusPlus"));
        Window window = Window.in(lead, length);
        while (System.nanoTime() < window.from()) {
            fan.round(keys, value);
        }
        fan.isMeasured = true;
        T before = meter.get();
        long from = System.nanoTime();
        do {
            fan.round(keys, value);
        } while (System.nanoTime() - from < length.toNanos());
        double seconds = (System.nanoTime() - from) / 1e9;
        T after = meter.get();
        List<Latencies> parts =
                fan.streams.stream().map(stream -> stream.latencies).toList();
        long lost = fan.lost.get();
        return new ClosedLoop.Outcome<>(
                Latencies.merged(parts), seconds, lost, lost == 0 ? "" : fan.whyLost, before, after);
    }

    private void subscribe(Wires.Bundle wires) {
        int perStream = watchers / wires.channels().size();
        for (var channel : wires.channels()) {
            Stream stream = new Stream();
            streams.add(stream);
            StreamObserver<WatchRequest> requests = WatchGrpc.newStub(channel).watch(stream);
            for (int i = 0; i < perStream; i++) {
                requests.onNext(WatchRequest.newBuilder()
                        .setCreateRequest(
                                WatchCreateRequest.newBuilder().setKey(PREFIX).setRangeEnd(PREFIX_END))
                        .build());
            }
        }
        if (!awaited(created)) {
            throw new IllegalStateException(
                    created.getCount() + " of " + watchers + " watches were not created in time");
        }
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void round(KVGrpc.KVBlockingStub keys, ByteString value) {
        Round next = new Round(watchers);
        round = next;
        try {
            var _ = keys.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .put(PutRequest.newBuilder()
                            .setKey(PREFIX.concat(ByteString.copyFromUtf8("key")))
                            .setValue(value)
                            .build());
        } catch (StatusRuntimeException e) {
            // there was nothing to tell of
            lost.addAndGet(watchers);
            whyLost = "the put was refused: " + e.getMessage();
            return;
        }
        if (!awaited(next.deliveries)) {
            lost.addAndGet(next.deliveries.getCount());
        }
    }

    /** What comes in on one stream. */
    private final class Stream implements StreamObserver<WatchResponse> {
        private final Latencies latencies = new Latencies();

        @Override
        public void onNext(WatchResponse response) {
            if (response.getCreated()) {
                created.countDown();
            }
            if (response.getEventsCount() > 0) {
                Round current = round;
                if (isMeasured) {
                    latencies.add(System.nanoTime() - current.sent);
                }
                current.deliveries.countDown();
            }
        }

        @Override
        public void onError(Throwable reason) {
            // The end of the measurement breaks the stream off; before it, deliveries are missing and counted as lost.
        }

        @Override
        public void onCompleted() {
            // As above.
        }
    }
}
