package io.kvorum.engine;

import io.kvorum.model.Revision;
import io.kvorum.mvcc.Event;
import io.kvorum.mvcc.KeyValue;
import java.util.List;

/** All events of one revision. */
record Page(Revision revision, List<Event> events) {
    /** What objects cost beside their content, roughly. */
    private static final int EVENT_OVERHEAD_BYTES = 200;

    Page {
        events = List.copyOf(events);
    }

    long bytes() {
        long bytes = 0;
        for (Event event : events) {
            bytes += bytes(event);
        }
        return bytes;
    }

    static long bytes(Event event) {
        KeyValue now = event.now();
        return (long) EVENT_OVERHEAD_BYTES
                + now.key().bytes().length()
                + now.value().length();
    }
}
