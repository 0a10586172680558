package io.kvorum.etcdserver;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.stub.StreamObserver;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.StoreException;
import io.kvorum.engine.WatchGroup;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One watch stream with its watches. The client's requests come one after the other; a courier carries what
 * happens to the watches.
 *
 * <p>A request for progress is answered for the stream as a whole, once every watch has handed over what had happened
 * when it came.
 */
final class WatchSession implements StreamObserver<WatchRequest> {
    /** As etcd: no watch in particular. */
    private static final long ALL = -1;

    private static final String DUPLICATE = "mvcc: duplicate watch ID provided on the WatchStream";

    private final EmbeddedStore store;
    private final Gate gate;
    private final Way way;
    private final Map<Long, ServedWatch> watches = new ConcurrentHashMap<>();
    private final WatchGroup<ServedWatch> group;
    private final WatchCourier courier;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private long nextId;
    private volatile @Nullable Revision wantedProgress;
    /** A watch that was behind when it was last looked at; it is looked at before all the others are. */
    private @Nullable ServedWatch straggler;

    /** Where answers go, and how they look. */
    record Way(WatchOutlet outlet, Headers headers, EtcdServerConfig config, WatchTally tally) {}

    WatchSession(EmbeddedStore store, Gate gate, Way way) {
        this.store = store;
        this.gate = gate;
        this.way = way;
        this.group = store.watches();
        this.courier = new WatchCourier(
                group,
                watches.values(),
                new Freight(way.outlet(), way.headers(), way.config().maxRequestBytes()),
                way.config().progressEvery(),
                new WatchCourier.Told(this::progressed, this::overtaken, this::failed));
        way.tally().streamOpened();
        way.outlet().onGone(this::closeAll);
    }

    @Override
    public void onNext(WatchRequest request) {
        switch (request.getRequestUnionCase()) {
            case CREATE_REQUEST -> create(request.getCreateRequest());
            case CANCEL_REQUEST -> cancel(request.getCancelRequest().getWatchId());
            case PROGRESS_REQUEST -> requestProgress();
            case REQUESTUNION_NOT_SET -> {}
        }
    }

    private void create(WatchCreateRequest request) {
        KeyRange range = range(request);
        Revision now = store.revision();
        try {
            gate.pass().reads(range);
        } catch (StoreException e) {
            way.outlet()
                    .answer(refused(
                            request.getWatchId(),
                            now,
                            Failures.answer(e).getStatus().getDescription()));
            return;
        }
        if (request.getWatchId() != 0 && watches.containsKey(request.getWatchId())) {
            way.outlet().answer(refused(ALL, now, DUPLICATE));
            return;
        }
        long id = request.getWatchId() != 0 ? request.getWatchId() : freeId();
        long start = request.getStartRevision() > 0 ? request.getStartRevision() : now.value() + 1;
        ServedWatch watch = new ServedWatch(id, request, new Revision(start));
        watches.put(id, watch);
        way.tally().watchOpened();
        way.outlet()
                .answer(WatchResponse.newBuilder()
                        .setHeader(way.headers().at(now))
                        .setWatchId(id)
                        .setCreated(true)
                        .build());
        open(watch, new io.kvorum.engine.WatchRequest(range, new Revision(start), request.getPrevKv()));
    }

    private void open(ServedWatch watch, io.kvorum.engine.WatchRequest request) {
        try {
            watch.startWith(group.open(request, watch));
            courier.start();
        } catch (StoreException.Compacted e) {
            overtaken(watch, e.compacted());
        } catch (StoreException e) {
            failed(e);
        }
        if (isOver.get()) {
            remove(watch);
        }
    }

    /** Whether it was there until now. */
    private boolean remove(ServedWatch watch) {
        boolean wasThere = watches.remove(watch.id(), watch);
        if (wasThere) {
            way.tally().watchClosed();
            watch.close();
        }
        return wasThere;
    }

    private void overtaken(ServedWatch watch, Revision compacted) {
        if (remove(watch)) {
            way.outlet()
                    .answer(WatchResponse.newBuilder()
                            .setHeader(way.headers().now())
                            .setWatchId(watch.id())
                            .setCanceled(true)
                            .setCompactRevision(compacted.value())
                            .build());
            progressed();
        }
    }

    private void failed(RuntimeException failure) {
        if (!isOver.get()) {
            way.outlet().fail(Failures.answer(failure));
            closeAll();
        }
    }

    /** As etcd an empty key means the first one there can be. */
    private static KeyRange range(WatchCreateRequest request) {
        ByteString key = request.getKey().isEmpty() ? ByteString.copyFrom(new byte[] {0}) : request.getKey();
        return Wire.range(key, request.getRangeEnd());
    }

    private long freeId() {
        while (watches.containsKey(nextId)) {
            nextId++;
        }
        return nextId++;
    }

    private WatchResponse refused(long id, Revision now, @Nullable String reason) {
        return WatchResponse.newBuilder()
                .setHeader(way.headers().at(now))
                .setWatchId(id)
                .setCreated(true)
                .setCanceled(true)
                .setCancelReason(reason == null ? "" : reason)
                .build();
    }

    private void cancel(long id) {
        ServedWatch watch = watches.get(id);
        if (watch != null && remove(watch)) {
            way.outlet()
                    .answer(WatchResponse.newBuilder()
                            .setHeader(way.headers().now())
                            .setWatchId(id)
                            .setCanceled(true)
                            .build());
            progressed();
        }
    }

    private void requestProgress() {
        synchronized (this) {
            wantedProgress = store.revision();
        }
        watches.values().forEach(ServedWatch::requestProgress);
        progressed();
    }

    /** A watch has come further, or is gone. */
    private void progressed() {
        if (wantedProgress == null) {
            return;
        }
        Revision wanted;
        synchronized (this) {
            wanted = wantedProgress;
            if (wanted == null || isAnyBehind(wanted)) {
                return;
            }
            wantedProgress = null;
        }
        way.outlet()
                .answer(WatchResponse.newBuilder()
                        .setHeader(way.headers().at(wanted))
                        .setWatchId(ALL)
                        .build());
    }

    private boolean isAnyBehind(Revision wanted) {
        ServedWatch known = straggler;
        if (known == null || !known.isBehind(wanted)) {
            straggler = watches.values().stream()
                    .filter(watch -> watch.isBehind(wanted))
                    .findFirst()
                    .orElse(null);
        }
        return straggler != null;
    }

    @Override
    public void onError(Throwable failure) {
        closeAll();
    }

    @Override
    public void onCompleted() {
        closeAll();
        way.outlet().complete();
    }

    private void closeAll() {
        if (isOver.compareAndSet(false, true)) {
            way.tally().streamClosed();
        }
        watches.values().forEach(this::remove);
        group.close();
    }
}
