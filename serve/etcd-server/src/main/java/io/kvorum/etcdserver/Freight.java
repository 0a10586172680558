package io.kvorum.etcdserver;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.ResponseHeader;
import io.kvorum.model.Revision;
import java.util.IdentityHashMap;

/**
 * Events and heads of answers as messages, made once for all watches of a stream that are told of them one after the
 * other. The courier's thread.
 */
final class Freight {
    private static final int MOST_KEPT = 64;

    private final WatchOutlet outlet;
    private final Headers headers;
    private final int mostBytes;
    private final IdentityHashMap<io.kvorum.mvcc.Event, Event> kept = new IdentityHashMap<>();
    private ResponseHeader header = ResponseHeader.getDefaultInstance();

    /** @param mostBytes of events in an answer, when it may be split */
    Freight(WatchOutlet outlet, Headers headers, int mostBytes) {
        this.outlet = outlet;
        this.headers = headers;
        this.mostBytes = mostBytes;
    }

    WatchOutlet outlet() {
        return outlet;
    }

    int mostBytes() {
        return mostBytes;
    }

    ResponseHeader header(Revision revision) {
        if (header.getRevision() != revision.value()) {
            header = headers.at(revision);
        }
        return header;
    }

    Event message(io.kvorum.mvcc.Event event) {
        Event known = kept.get(event);
        if (known != null) {
            return known;
        }
        if (kept.size() >= MOST_KEPT) {
            kept.clear();
        }
        Event made = Wire.event(event);
        kept.put(event, made);
        return made;
    }

    /** Nothing is under way: what is kept would only take memory, and the next head may name another term. */
    void unload() {
        kept.clear();
        header = ResponseHeader.getDefaultInstance();
    }
}
