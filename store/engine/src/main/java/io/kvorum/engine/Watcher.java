package io.kvorum.engine;

import io.kvorum.backend.BackendException;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Event;
import io.kvorum.mvcc.HistoryReader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One watch. The hub hands it matching events while it keeps up; its reader's thread fetches them itself while it lags.
 * All fields that change are guarded by the hub's lock.
 *
 * <pre>
 *   lagging (reads the ring, else the disk) --has seen the newest--> keeping up (is handed events)
 *      ^---------------- too much waits, or a snapshot was loaded -----------------|
 * </pre>
 */
final class Watcher {
    private static final int MOST_WAITING_EVENTS = 1024;
    private static final long MOST_WAITING_BYTES = 1 << 20;
    private static final long MOST_BYTES_A_BATCH = 1 << 20;
    private static final Duration VIEW_PATIENCE = Duration.ofSeconds(1);

    private final WatchHub hub;
    private final WatchRequest request;
    private final Inbox inbox;
    private final ArrayDeque<Match> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean isLagging;
    private boolean isClosed;
    private boolean wantsProgress;

    /** The history this watch follows was replaced by one that does not go so far. */
    private boolean isCutOff;

    /** Events before this revision are handed over, wait, or were never asked for. */
    private long next;

    /** How far the reader has been told it has come. */
    private Revision reported;

    /** With the hub's lock held. */
    Watcher(WatchHub hub, WatchRequest request, long start, Inbox inbox) {
        this.hub = hub;
        this.request = request;
        this.next = start;
        this.reported = new Revision(start - 1);
        this.inbox = inbox;
        this.isLagging = start <= hub.newest().value();
    }

    private record Match(Revision revision, Event event) {}

    KeyRange range() {
        return request.range();
    }

    /**
     * By the hub, with its lock held.
     *
     * @param bare the event without what the key was before
     */
    void hand(Revision revision, Event event, Event bare) {
        if (isLagging || revision.value() < next) {
            return;
        }
        if (waiting.size() >= MOST_WAITING_EVENTS || waitingBytes >= MOST_WAITING_BYTES || !inbox.hasRoom()) {
            lagFrom(
                    waiting.isEmpty()
                            ? revision.value()
                            : waiting.getFirst().revision().value());
        } else {
            waiting.add(new Match(revision, request.wantsPrevious() ? event : bare));
            waitingBytes += Page.bytes(event);
            inbox.grew(1);
        }
        inbox.ring();
    }

    private void lagFrom(long revision) {
        isLagging = true;
        next = revision;
        inbox.grew(-waiting.size());
        waiting.clear();
        waitingBytes = 0;
    }

    /** By the hub, with its lock held: a new history has taken the place of the old one. */
    void fallBehind(Revision oldNewest, Revision newNewest) {
        if (!isLagging) {
            lagFrom(
                    waiting.isEmpty()
                            ? Math.max(next, oldNewest.value() + 1)
                            : waiting.getFirst().revision().value());
        }
        isCutOff |= reported.compareTo(newNewest) > 0 && !oldNewest.isBefore(reported);
        inbox.ring();
    }

    /** By the hub, with its lock held. */
    void wake() {
        inbox.ring();
    }

    // With the lock held

    boolean isClosed() {
        return isClosed;
    }

    /** Whether this watch's reader has to fetch events itself: {@link #readOn}. */
    boolean isLagging() {
        return isLagging;
    }

    /** Whether its reader has nothing to do. */
    boolean isIdle() {
        return !isLagging && !isCutOff && waiting.isEmpty() && !owesProgress(hub.newest());
    }

    /** What is compacted, when this watch cannot go on because of it. */
    Optional<Revision> overtakenBy() {
        return isCutOff ? Optional.of(hub.newest()) : Optional.empty();
    }

    /** What was handed over; empty when that is nothing new, and while it lags. */
    Optional<WatchBatch> take() {
        return isLagging ? Optional.empty() : drain();
    }

    private Optional<WatchBatch> drain() {
        List<Event> events = new ArrayList<>();
        long bytes = 0;
        Revision upTo = hub.newest();
        while (!waiting.isEmpty()) {
            Revision revision = waiting.getFirst().revision();
            if (bytes >= MOST_BYTES_A_BATCH && !revision.equals(upTo)) {
                break;
            }
            Event event = waiting.removeFirst().event();
            events.add(event);
            bytes += Page.bytes(event);
            waitingBytes -= Page.bytes(event);
            inbox.grew(-1);
            upTo = revision;
        }
        return report(waiting.isEmpty() ? hub.newest() : upTo, events);
    }

    /**
     * A watch that begins behind what this replica has must wait for it: progress below its start would send its reader
     * back to where it has been. etcd reports none either.
     */
    private boolean owesProgress(Revision upTo) {
        return wantsProgress && !upTo.isBefore(reported);
    }

    /** Empty when that would be no news. */
    private Optional<WatchBatch> report(Revision upTo, List<Event> events) {
        boolean isNews = !events.isEmpty() || owesProgress(upTo) || reported.isBefore(upTo);
        if (!isNews) {
            return Optional.empty();
        }
        wantsProgress = false;
        reported = reported.isBefore(upTo) ? upTo : reported;
        return Optional.of(new WatchBatch(upTo, events));
    }

    // Without the lock

    /** While it lags, reads one stretch of history: from memory if it is there, else from disk. */
    Optional<WatchBatch> readOn() {
        Replica replica = hub.replica();
        long from;
        Revision newest;
        hub.lock().lock();
        try {
            from = next;
            newest = hub.newest();
            isLagging = isLagging && from <= newest.value();
            if (!isLagging) {
                return Optional.empty();
            }
        } finally {
            hub.lock().unlock();
        }
        refuseCompacted(from, replica);
        Optional<HistoryReader.Chapter> chapter =
                hub.recent(from).map(pages -> matching(pages, newest)).or(() -> fromDisk(from, newest, replica));
        refuseCompacted(from, replica);
        return chapter.flatMap(read -> advance(read, from, replica));
    }

    private static void refuseCompacted(long from, Replica replica) {
        Revision compacted = replica.compacted();
        if (from < compacted.value()) {
            throw new StoreException.Compacted(compacted);
        }
    }

    private HistoryReader.Chapter matching(List<Page> pages, Revision newest) {
        List<Event> events = new ArrayList<>();
        Revision upTo = newest;
        long bytes = 0;
        for (Page page : pages) {
            for (Event event : page.events()) {
                if (range().contains(event.now().key())) {
                    events.add(event);
                    bytes += Page.bytes(event);
                }
            }
            upTo = page.revision();
            if (bytes >= MOST_BYTES_A_BATCH) {
                break;
            }
        }
        return new HistoryReader.Chapter(upTo, events);
    }

    private Optional<HistoryReader.Chapter> fromDisk(long from, Revision newest, Replica replica) {
        try (LayeredState state = replica.state(VIEW_PATIENCE)) {
            return Optional.of(replica.reader().events(range(), new Revision(from), newest, MOST_BYTES_A_BATCH, state));
        } catch (BackendException.Closed | BackendException.TooManyViews e) {
            // The state was just replaced, or too many read: look again.
            return Optional.empty();
        }
    }

    private Optional<WatchBatch> advance(HistoryReader.Chapter chapter, long from, Replica replica) {
        hub.lock().lock();
        try {
            if (hub.replica() != replica || next != from) {
                return Optional.empty();
            }
            next = chapter.upTo().value() + 1;
            boolean isWorthTelling =
                    !chapter.events().isEmpty() || next > hub.newest().value();
            return isWorthTelling ? report(chapter.upTo(), chapter.events()) : Optional.empty();
        } finally {
            hub.lock().unlock();
        }
    }

    /** Adds what the keys were before, or takes it away: as the watch was asked for. */
    WatchBatch completed(WatchBatch batch) {
        if (batch.events().stream().allMatch(this::isComplete)) {
            return batch;
        }
        List<Event> events = request.wantsPrevious()
                ? withPrevious(batch.events())
                : batch.events().stream().map(Event::withoutPrevious).toList();
        return new WatchBatch(batch.upTo(), events);
    }

    private boolean isComplete(Event event) {
        return request.wantsPrevious() ? event.isCreation() || event.previous() != null : event.previous() == null;
    }

    private List<Event> withPrevious(List<Event> events) {
        Replica replica = hub.replica();
        try (LayeredState state = replica.state(VIEW_PATIENCE)) {
            return events.stream()
                    .map(event -> isComplete(event) ? event : withPrevious(event, replica, state))
                    .toList();
        } catch (BackendException.Closed | BackendException.TooManyViews e) {
            return events;
        }
    }

    private static Event withPrevious(Event event, Replica replica, LayeredState state) {
        return new Event(
                event.type(),
                event.now(),
                replica.reader().before(event.now().key(), event.now().modified(), state));
    }

    void requestProgress() {
        hub.lock().lock();
        try {
            wantsProgress = true;
            inbox.ring();
        } finally {
            hub.lock().unlock();
        }
    }

    void close() {
        hub.lock().lock();
        try {
            if (!isClosed) {
                isClosed = true;
                inbox.grew(-waiting.size());
                waiting.clear();
                hub.leave(this);
            }
        } finally {
            hub.lock().unlock();
        }
    }
}
