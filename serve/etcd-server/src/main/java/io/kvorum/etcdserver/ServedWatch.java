package io.kvorum.etcdserver;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.StoreException;
import io.kvorum.engine.WatchBatch;
import io.kvorum.engine.WatchRequest;
import io.kvorum.engine.WatchStream;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One watch of a stream; a virtual thread of its own carries events from the store to the client. Any thread may close it. */
final class ServedWatch {
    private final long id;
    private final WatchCreateRequest request;
    private final Place place;
    private volatile @Nullable WatchStream stream;
    private volatile boolean isClosed;
    private volatile long told;
    /** Progress was asked for before there was a stream to ask. */
    private volatile boolean isAsked;

    /** @param progressed called when the watch has come further */
    record Place(EmbeddedStore store, WatchSession.Way way, Runnable progressed) {}

    ServedWatch(long id, WatchCreateRequest request, Place place) {
        this.id = id;
        this.request = request;
        this.place = place;
    }

    void start(KeyRange range, Revision from, Runnable ended) {
        told = from.value() - 1;
        Thread.ofVirtual().name("etcd-watch-" + id).start(() -> {
            place.way().tally().watchOpened();
            try (WatchStream opened = place.store().watch(new WatchRequest(range, from, request.getPrevKv()))) {
                stream = opened;
                if (isAsked) {
                    opened.requestProgress();
                }
                carry(opened);
            } catch (StoreException.Compacted e) {
                ended.run();
                cancelled(e.compacted());
            } catch (StoreException e) {
                ended.run();
                if (!isClosed) {
                    place.way().outlet().fail(Failures.answer(e));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                place.way().tally().watchClosed();
            }
            place.progressed().run();
        });
    }

    private void carry(WatchStream opened) throws InterruptedException {
        long progressNanos = place.way().config().progressEvery().toNanos();
        long lastSent = System.nanoTime();
        while (!isClosed) {
            long left = Math.max(1, lastSent + progressNanos - System.nanoTime());
            Optional<WatchBatch> batch = opened.next(Duration.ofNanos(left));
            if (batch.isPresent() && deliver(batch.get())) {
                lastSent = System.nanoTime();
            } else if (System.nanoTime() - lastSent >= progressNanos) {
                if (request.getProgressNotify()) {
                    // What the store has now may not be handed over yet: what the watch was told has.
                    tellProgress();
                }
                lastSent = System.nanoTime();
            }
        }
    }

    /** Whether there was something for the client in it. */
    private boolean deliver(WatchBatch batch) throws InterruptedException {
        List<Event> events = wanted(batch);
        if (!events.isEmpty()) {
            send(batch.upTo(), events);
        }
        told = Math.max(told, batch.upTo().value());
        place.progressed().run();
        return !events.isEmpty();
    }

    private List<Event> wanted(WatchBatch batch) {
        boolean noPuts = request.getFiltersList().contains(WatchCreateRequest.FilterType.NOPUT);
        boolean noDeletes = request.getFiltersList().contains(WatchCreateRequest.FilterType.NODELETE);
        List<Event> events = new ArrayList<>(batch.events().size());
        for (io.kvorum.mvcc.Event event : batch.events()) {
            boolean isWanted = switch (event.type()) {
                case PUT -> !noPuts;
                case DELETE -> !noDeletes;
            };
            if (isWanted) {
                events.add(Wire.event(event));
            }
        }
        return events;
    }

    /** In one answer; or in parts, if the client can put them together again. */
    private void send(Revision upTo, List<Event> events) throws InterruptedException {
        WatchResponse.Builder part = part(upTo);
        int bytes = 0;
        for (Event event : events) {
            int size = event.getSerializedSize();
            if (request.getFragment()
                    && part.getEventsCount() > 0
                    && bytes + size > place.way().config().maxRequestBytes()) {
                place.way().outlet().deliver(part.setFragment(true).build(), () -> !isClosed);
                part = part(upTo);
                bytes = 0;
            }
            part.addEvents(event);
            bytes += size;
        }
        place.way().outlet().deliver(part.build(), () -> !isClosed);
    }

    private WatchResponse.Builder part(Revision upTo) {
        return WatchResponse.newBuilder()
                .setHeader(place.way().headers().at(upTo))
                .setWatchId(id);
    }

    private void tellProgress() throws InterruptedException {
        WatchStream opened = stream;
        if (opened == null) {
            return;
        }
        opened.requestProgress();
        Optional<WatchBatch> batch = opened.next(Duration.ofSeconds(1));
        if (batch.isPresent() && !deliver(batch.get())) {
            place.way().outlet().deliver(part(new Revision(told)).build(), () -> !isClosed);
        }
    }

    private void cancelled(Revision compacted) {
        place.way()
                .outlet()
                .answer(WatchResponse.newBuilder()
                        .setHeader(place.way().headers().now())
                        .setWatchId(id)
                        .setCanceled(true)
                        .setCompactRevision(compacted.value())
                        .build());
    }

    void requestProgress() {
        isAsked = true;
        WatchStream opened = stream;
        if (opened != null) {
            opened.requestProgress();
        }
    }

    boolean isBehind(Revision revision) {
        return !isClosed && told < revision.value();
    }

    void close() {
        isClosed = true;
        WatchStream opened = stream;
        if (opened != null) {
            opened.close();
        }
    }
}
