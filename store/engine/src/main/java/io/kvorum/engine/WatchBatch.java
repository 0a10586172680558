package io.kvorum.engine;

import io.kvorum.model.Revision;
import io.kvorum.mvcc.Event;
import java.util.List;

/**
 * All matching events of one or more whole revisions, in order; a revision is never split between batches.
 *
 * @param upTo every event up to and including this revision has been handed over; an empty list is mere progress
 */
public record WatchBatch(Revision upTo, List<Event> events) {
    public WatchBatch {
        events = List.copyOf(events);
    }
}
