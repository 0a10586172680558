package io.kvorum.torture;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event.EventType;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.stub.StreamObserver;
import io.kvorum.torture.Deed.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A watcher of all keys, which goes on at another member, after the last revision it was told of, whenever its stream
 * ends or it feels like it. Runs on a thread of its own; the stream calls it from others, one at a time.
 */
final class Watching implements Runnable {
    private static final ByteString ALL = ByteString.copyFrom(new byte[] {0});
    private static final long LONGEST_STAY_MILLIS = 8000;

    private final String name;
    private final Rack rack;
    private final Random random;
    private final Chronicle chronicle;
    private final Verdict verdict;
    private final BooleanSupplier isOver;
    private volatile long next;

    Watching(String name, Rack rack, Random random, Book book, long firstRevision, BooleanSupplier isOver) {
        this.name = name;
        this.rack = rack;
        this.random = random;
        this.chronicle = book.chronicle();
        this.verdict = book.verdict();
        this.next = firstRevision;
        this.isOver = isOver;
    }

    /** The first revision it was not told of yet. */
    long next() {
        return next;
    }

    String name() {
        return name;
    }

    @Override
    public void run() {
        try {
            while (!isOver.getAsBoolean()) {
                List<Door> doors = rack.doors();
                watch(doors.get(random.nextInt(doors.size())), 1000 + random.nextLong(LONGEST_STAY_MILLIS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(Door door, long stayMillis) throws InterruptedException {
        var stream = new Stream(door.host());
        StreamObserver<WatchRequest> requests = door.watch().watch(stream);
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(ALL)
                        .setRangeEnd(ALL)
                        .setStartRevision(next)
                        .setPrevKv(random.nextBoolean())
                        .setProgressNotify(random.nextBoolean()))
                .build());
        boolean hasEnded = stream.ended.await(stayMillis, TimeUnit.MILLISECONDS);
        stream.close();
        if (hasEnded) {
            TimeUnit.MILLISECONDS.sleep(100);
        } else {
            requests.onError(io.grpc.Status.CANCELLED.asRuntimeException());
        }
    }

    /** One stream to one member. Closed before the next is opened, so that a late response is not heard. */
    private final class Stream implements StreamObserver<WatchResponse> {
        private final int host;
        private final CountDownLatch ended = new CountDownLatch(1);
        private boolean isClosed;
        private long lastHeader;

        Stream(int host) {
            this.host = host;
        }

        synchronized void close() {
            isClosed = true;
        }

        @Override
        public synchronized void onNext(WatchResponse response) {
            if (isClosed) {
                return;
            }
            if (response.getCanceled()) {
                canceled(response);
                return;
            }
            noteHeader(response);
            Map<Long, List<Chronicle.Event>> pages = new TreeMap<>();
            long newest = 0;
            for (io.etcd.jetcd.api.Event event : response.getEventsList()) {
                long revision = event.getKv().getModRevision();
                if (revision < newest) {
                    broken("a watcher is told in order", "revision %d after %d".formatted(revision, newest));
                }
                newest = revision;
                pages.computeIfAbsent(revision, _ -> new ArrayList<>()).add(event(event));
            }
            long heardAt = System.nanoTime();
            pages.forEach((revision, events) -> page(revision, events, heardAt));
        }

        private void noteHeader(WatchResponse response) {
            long header = response.getHeader().getRevision();
            if (header < lastHeader) {
                broken("a stream's revisions do not go back", "header %d after %d".formatted(header, lastHeader));
            }
            lastHeader = header;
            boolean isProgress = response.getEventsCount() == 0 && !response.getCreated();
            if (isProgress && header >= next) {
                broken(
                        "progress is told after the events",
                        "progress to revision %d, but revision %d was not told".formatted(header, next));
            }
        }

        private void page(long revision, List<Chronicle.Event> events, long heardAt) {
            if (revision < next) {
                broken(
                        "a watcher is told once and in one piece",
                        "revision %d again, %d is next: %s".formatted(revision, next, events));
                return;
            }
            if (revision > next) {
                broken("a watcher misses nothing", "revision %d, but %d is next".formatted(revision, next));
            }
            next = revision + 1;
            chronicle.told(name, revision, events, heardAt);
        }

        private void canceled(WatchResponse response) {
            if (response.getCompactRevision() > next) {
                broken(
                        "what a watcher needs is not compacted here",
                        "compacted to %d, %d is next".formatted(response.getCompactRevision(), next));
                next = response.getCompactRevision();
            }
            ended.countDown();
        }

        private void broken(String promise, String evidence) {
            verdict.broken(promise, "%s at host %d: %s".formatted(name, host, evidence));
        }

        @Override
        public void onError(Throwable failure) {
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            ended.countDown();
        }
    }

    private static Chronicle.Event event(io.etcd.jetcd.api.Event event) {
        KeyValue now = event.getKv();
        Optional<String> value =
                event.getType() == EventType.PUT ? Optional.of(now.getValue().toStringUtf8()) : Optional.empty();
        @Nullable KeyValue before = event.hasPrevKv() ? event.getPrevKv() : null;
        Optional<Versioned> previous = Optional.ofNullable(before)
                .map(each -> new Versioned(each.getValue().toStringUtf8(), each.getModRevision()));
        return new Chronicle.Event(now.getKey().toStringUtf8(), value, now.getModRevision(), previous);
    }
}
