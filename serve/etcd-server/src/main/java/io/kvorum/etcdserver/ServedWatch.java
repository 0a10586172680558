package io.kvorum.etcdserver;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.kvorum.engine.OpenWatch;
import io.kvorum.engine.WatchBatch;
import io.kvorum.model.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One watch of a stream: what its client wants to hear and has heard. The courier delivers; any thread may close it. */
final class ServedWatch {
    private final long id;
    private final boolean wantsPuts;
    private final boolean wantsDeletes;
    private final boolean wantsFragments;
    private final boolean wantsNotice;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private volatile @Nullable OpenWatch open;
    private volatile long told;
    /** Progress was asked for before there was a watch to ask. */
    private volatile boolean isAsked;

    private long lastSent = System.nanoTime();
    private boolean owesNotice;

    ServedWatch(long id, WatchCreateRequest request, Revision from) {
        this.id = id;
        this.wantsPuts = !request.getFiltersList().contains(WatchCreateRequest.FilterType.NOPUT);
        this.wantsDeletes = !request.getFiltersList().contains(WatchCreateRequest.FilterType.NODELETE);
        this.wantsFragments = request.getFragment();
        this.wantsNotice = request.getProgressNotify();
        this.told = from.value() - 1;
    }

    long id() {
        return id;
    }

    void startWith(OpenWatch opened) {
        open = opened;
        if (isClosed.get()) {
            opened.close();
        } else if (isAsked) {
            opened.requestProgress();
        }
    }

    // The courier's thread

    /** When the client is due to get notice of progress, if it wants that and hears nothing before. */
    long noticeIn(long silenceNanos) {
        return wantsNotice ? lastSent + silenceNanos - System.nanoTime() : silenceNanos;
    }

    /** What the store has now may not be handed over yet: once it is, the client is told how far that goes. */
    void giveNotice() {
        lastSent = System.nanoTime();
        owesNotice = true;
        requestProgress();
    }

    void deliver(WatchBatch batch, Freight freight) throws InterruptedException {
        List<Event> events = wanted(batch, freight);
        told = Math.max(told, batch.upTo().value());
        if (!events.isEmpty()) {
            send(freight.header(batch.upTo()), events, freight);
        } else if (owesNotice) {
            send(freight.header(new Revision(told)), List.of(), freight);
        } else {
            return;
        }
        owesNotice = false;
        lastSent = System.nanoTime();
    }

    private List<Event> wanted(WatchBatch batch, Freight freight) {
        List<Event> events = new ArrayList<>(batch.events().size());
        for (io.kvorum.mvcc.Event event : batch.events()) {
            boolean isWanted = switch (event.type()) {
                case PUT -> wantsPuts;
                case DELETE -> wantsDeletes;
            };
            if (isWanted) {
                events.add(freight.message(event));
            }
        }
        return events;
    }

    /** In one answer; or in parts, if the client can put them together again. */
    private void send(ResponseHeader header, List<Event> events, Freight freight) throws InterruptedException {
        WatchResponse.Builder part = part(header);
        int bytes = 0;
        for (Event event : events) {
            int size = event.getSerializedSize();
            if (wantsFragments && part.getEventsCount() > 0 && bytes + size > freight.mostBytes()) {
                freight.outlet().deliver(part.setFragment(true).build(), this::isOpen);
                part = part(header);
                bytes = 0;
            }
            part.addEvents(event);
            bytes += size;
        }
        freight.outlet().deliver(part.build(), this::isOpen);
    }

    private WatchResponse.Builder part(ResponseHeader header) {
        return WatchResponse.newBuilder().setHeader(header).setWatchId(id);
    }

    // Any thread

    void requestProgress() {
        isAsked = true;
        OpenWatch opened = open;
        if (opened != null) {
            opened.requestProgress();
        }
    }

    boolean isBehind(Revision revision) {
        return isOpen() && told < revision.value();
    }

    private boolean isOpen() {
        return !isClosed.get();
    }

    /** Whether it was open until now. */
    boolean close() {
        if (!isClosed.compareAndSet(false, true)) {
            return false;
        }
        OpenWatch opened = open;
        if (opened != null) {
            opened.close();
        }
        return true;
    }
}
