package io.kvorum.simulation;

import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Event;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.LeaseId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The one history: what the first member to reach a revision published there, and all others must. Used by one thread. */
final class History {
    private final List<List<Event>> events = new ArrayList<>();
    private final List<SortedMap<Key, KeyValue>> states = new ArrayList<>();

    /** Clients write no value twice to a key. */
    private final Set<String> written = new HashSet<>();

    History() {
        // Revision 0 is never, revision 1 is the empty store.
        for (int revision = 0; revision <= 1; revision++) {
            events.add(List.of());
            states.add(Collections.emptySortedMap());
        }
    }

    long newest() {
        return states.size() - 1L;
    }

    SortedMap<Key, KeyValue> state(long revision) {
        return states.get((int) revision);
    }

    List<Event> events(long revision) {
        return events.get((int) revision);
    }

    List<Event> events(long from, long upTo, KeyRange range) {
        List<Event> found = new ArrayList<>();
        for (long revision = from; revision <= upTo; revision++) {
            for (Event event : events(revision)) {
                if (range.contains(event.now().key())) {
                    found.add(event);
                }
            }
        }
        return found;
    }

    List<KeyValue> items(long revision, KeyRange range) {
        return state(revision).values().stream()
                .filter(item -> range.contains(item.key()))
                .toList();
    }

    /** A member published a revision. */
    void published(int member, long revision, List<Event> its) {
        if (revision > newest()) {
            Violation.unless(
                    revision == newest() + 1,
                    "one history",
                    "member %d skips to %d from %d",
                    member,
                    revision,
                    newest());
            states.add(next(revision, its));
            events.add(bare(its));
            checkLeases(revision);
        } else {
            Violation.unless(
                    bare(its).equals(events(revision)),
                    "one history",
                    "member %d has at revision %d %s, others have %s",
                    member,
                    revision,
                    its,
                    events(revision));
        }
        checkPrevious(member, revision, its);
    }

    static List<Event> bare(List<Event> events) {
        return events.stream()
                .map(each -> new Event(each.type(), each.now(), null))
                .toList();
    }

    private SortedMap<Key, KeyValue> next(long revision, List<Event> its) {
        TreeMap<Key, KeyValue> state = new TreeMap<>(state(revision - 1));
        for (Event event : its) {
            KeyValue now = event.now();
            KeyValue before = state.get(now.key());
            switch (event.type()) {
                case PUT -> {
                    checkNumbers(revision, now, before);
                    Violation.unless(
                            written.add(now.key() + "=" + now.value().utf8()),
                            "a write happens once",
                            "again: %s",
                            now);
                    state.put(now.key(), now);
                }
                case DELETE -> {
                    Violation.unless(before != null, "the data model", "%s is deleted and is not there", now);
                    state.remove(now.key());
                }
            }
        }
        return Collections.unmodifiableSortedMap(state);
    }

    private static void checkNumbers(long revision, KeyValue now, @Nullable KeyValue before) {
        Revision created = before == null ? new Revision(revision) : before.created();
        long version = before == null ? 1 : before.version() + 1;
        boolean holds = now.created().equals(created)
                && now.version() == version
                && now.modified().value() == revision;
        Violation.unless(holds, "the data model", "%s follows %s at revision %d", now, before, revision);
    }

    private void checkPrevious(int member, long revision, List<Event> its) {
        for (Event event : its) {
            KeyValue previous = event.previous();
            if (previous != null) {
                Violation.unless(
                        previous.equals(state(revision - 1).get(event.now().key())),
                        "what a key was before",
                        "member %d says %s, at %d",
                        member,
                        event,
                        revision);
            }
        }
    }

    /** Keys with a lease are deleted only by its end, which takes them all. */
    private void checkLeases(long revision) {
        TreeSet<Long> ended = new TreeSet<>();
        for (Event event : events(revision)) {
            if (event.type() == Event.Type.DELETE) {
                KeyValue before = state(revision - 1).get(event.now().key());
                if (before != null && !before.lease().equals(LeaseId.NONE)) {
                    ended.add(before.lease().value());
                }
            }
        }
        for (KeyValue item : state(revision).values()) {
            Violation.unless(
                    !ended.contains(item.lease().value()),
                    "a lease ends in one revision",
                    "at %d %s is left",
                    revision,
                    item);
        }
    }
}
