package io.kvorum.torture;

import io.kvorum.torture.Deed.Versioned;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What happened at each revision, as watchers of all keys were told; they must agree. Any thread.
 */
final class Chronicle {
    private final Verdict verdict;
    private final NavigableMap<Long, Page> pages = new TreeMap<>();

    Chronicle(Verdict verdict) {
        this.verdict = verdict;
    }

    /**
     * A key that was written or deleted.
     *
     * @param value empty when it was deleted
     * @param previous what it held before; empty when it held nothing or that is compacted
     */
    record Event(String key, Optional<String> value, long modRevision, Optional<Versioned> previous) {}

    private record Page(List<Event> events, long heardAt) {}

    /** @param heardAt when the watcher was told */
    synchronized void told(String watcher, long revision, List<Event> events, long heardAt) {
        Page known = pages.putIfAbsent(revision, new Page(List.copyOf(events), heardAt));
        if (known != null && !same(known.events(), events)) {
            verdict.broken(
                    "all watchers see the same history",
                    "at revision %d %s was told %s, another watcher %s"
                            .formatted(revision, watcher, events, known.events()));
        }
    }

    /** Previous values may be compacted for one and not yet for the other. */
    private static boolean same(List<Event> some, List<Event> others) {
        return keys(some).equals(keys(others));
    }

    private static Map<String, Optional<String>> keys(List<Event> events) {
        Map<String, Optional<String>> result = new HashMap<>();
        events.forEach(event -> result.put(event.key(), event.value()));
        return result;
    }

    synchronized long last() {
        return pages.isEmpty() ? 0 : pages.lastKey();
    }

    /** The revisions from the first known to the last that nobody was told of. */
    synchronized List<Long> gaps() {
        List<Long> gaps = new ArrayList<>();
        long expected = pages.isEmpty() ? 0 : pages.firstKey();
        for (long revision : pages.keySet()) {
            for (; expected < revision; expected++) {
                gaps.add(expected);
            }
            expected++;
        }
        return gaps;
    }

    /** When each key that was deleted was first known to be deleted, and at which revision. */
    synchronized Map<String, Deletion> deletions() {
        Map<String, Deletion> result = new HashMap<>();
        pages.forEach((revision, page) -> page.events().stream()
                .filter(event -> event.value().isEmpty())
                .forEach(event -> result.putIfAbsent(event.key(), new Deletion(revision, page.heardAt()))));
        return result;
    }

    record Deletion(long revision, long heardAt) {}

    /** Each key's values, by the revision that wrote them; an empty one is a deletion. */
    synchronized Map<String, NavigableMap<Long, Optional<String>>> values() {
        Map<String, NavigableMap<Long, Optional<String>>> result = new HashMap<>();
        pages.forEach((revision, page) -> page.events().forEach(event -> {
            NavigableMap<Long, Optional<String>> values = result.computeIfAbsent(event.key(), _ -> new TreeMap<>());
            Map.Entry<Long, Optional<String>> before = values.lastEntry();
            Optional<Versioned> held = before == null
                    ? Optional.empty()
                    : before.getValue().map(value -> new Versioned(value, before.getKey()));
            if (event.previous().isPresent()
                    && before != null
                    && !event.previous().equals(held)) {
                verdict.broken(
                        "an event tells the value before it",
                        "revision %d: %s, but before it was %s".formatted(revision, event, held));
            }
            values.put(revision, event.value());
        }));
        return result;
    }

    synchronized int size() {
        return pages.size();
    }

    /** For the evidence. */
    synchronized List<String> lines() {
        return pages.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue().events())
                .toList();
    }
}
