package io.kvorum.mvcc;

import io.kvorum.model.Revision;
import java.util.List;

/**
 * What a command did.
 *
 * @param revision the store's revision afterwards
 * @param events what it changed, all of them at {@code revision}; empty when it changed no key
 */
public record Applied(Revision revision, Outcome outcome, List<Event> events) {
    public Applied {
        events = List.copyOf(events);
    }
}
