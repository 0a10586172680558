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
import java.util.concurrent.locks.Condition;

/**
 * One watch. The hub hands it matching events while it keeps up; its reader's thread fetches them itself while it lags.
 * All fields that change are guarded by the hub's lock.
 *
 * <pre>
 *   lagging (reads the ring, else the disk) --has seen the newest--> keeping up (is handed events)
 *      ^---------------- too much waits, or a snapshot was loaded -----------------|
 * </pre>
 */
final class Watcher implements WatchStream {
    private static final int MOST_WAITING_EVENTS = 1024;
    private static final long MOST_WAITING_BYTES = 1 << 20;
    private static final long MOST_BYTES_A_BATCH = 1 << 20;
    private static final Duration VIEW_PATIENCE = Duration.ofSeconds(1);

    private final WatchHub hub;
    private final WatchRequest request;
    private final Condition signal;
    private final ArrayDeque<Match> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean isLagging = true;
    private boolean isClosed;
    private boolean wantsProgress;

    /** The history this watch follows was replaced by one that does not go so far. */
    private boolean isCutOff;

    /** Events before this revision are handed over, wait, or were never asked for. */
    private long next;

    /** How far the reader has been told it has come. */
    private Revision reported;

    Watcher(WatchHub hub, WatchRequest request, long start, Condition signal) {
        this.hub = hub;
        this.request = request;
        this.next = start;
        this.reported = new Revision(start - 1);
        this.signal = signal;
    }

    private record Match(Revision revision, Event event) {}

    KeyRange range() {
        return request.range();
    }

    /** By the hub, with its lock held. */
    void hand(Revision revision, Event event) {
        if (isLagging || revision.value() < next) {
            return;
        }
        if (waiting.size() >= MOST_WAITING_EVENTS || waitingBytes >= MOST_WAITING_BYTES) {
            lagFrom(waiting.getFirst().revision().value());
        } else {
            waiting.add(new Match(revision, event));
            waitingBytes += Page.bytes(event);
            signal.signal();
        }
    }

    private void lagFrom(long revision) {
        isLagging = true;
        next = revision;
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
        signal.signal();
    }

    /** By the hub, with its lock held. */
    void wake() {
        signal.signal();
    }

    @Override
    public Optional<WatchBatch> next(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<WatchBatch> handed = takeHanded(deadline);
            if (handed.isPresent()) {
                return handed.map(this::completed);
            }
            Optional<WatchBatch> found = readOn();
            if (found.isPresent()) {
                return found.map(this::completed);
            }
            if (deadline - System.nanoTime() <= 0) {
                return Optional.empty();
            }
        }
    }

    /** Waits until something was handed over, the time is up or the watch has to read for itself. */
    private Optional<WatchBatch> takeHanded(long deadline) throws InterruptedException {
        hub.lock().lock();
        try {
            refuseIfOver();
            while (!isLagging && waiting.isEmpty() && !owesProgress(hub.newest())) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                signal.awaitNanos(left);
                refuseIfOver();
            }
            return isLagging ? Optional.empty() : drain();
        } finally {
            hub.lock().unlock();
        }
    }

    private void refuseIfOver() {
        hub.health().refuseReadsIfStopped();
        if (isClosed) {
            throw new StoreException.Stopped("the watch is closed");
        }
        if (isCutOff) {
            throw new StoreException.Compacted(hub.newest());
        }
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

    /** With the lock held. Empty when that would be no news. */
    private Optional<WatchBatch> report(Revision upTo, List<Event> events) {
        boolean isNews = !events.isEmpty() || owesProgress(upTo) || reported.isBefore(upTo);
        if (!isNews) {
            return Optional.empty();
        }
        wantsProgress = false;
        reported = reported.isBefore(upTo) ? upTo : reported;
        return Optional.of(new WatchBatch(upTo, events));
    }

    /** While it lags, reads one stretch of history: from memory if it is there, else from disk. */
    private Optional<WatchBatch> readOn() {
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
    private WatchBatch completed(WatchBatch batch) {
        if (batch.events().isEmpty()) {
            return batch;
        }
        List<Event> events = request.wantsPrevious() ? withPrevious(batch.events()) : withoutPrevious(batch.events());
        return new WatchBatch(batch.upTo(), events);
    }

    private static List<Event> withoutPrevious(List<Event> events) {
        return events.stream()
                .map(event -> event.previous() == null ? event : new Event(event.type(), event.now(), null))
                .toList();
    }

    private List<Event> withPrevious(List<Event> events) {
        Replica replica = hub.replica();
        try (LayeredState state = replica.state(VIEW_PATIENCE)) {
            return events.stream()
                    .map(event -> withPrevious(event, replica, state))
                    .toList();
        } catch (BackendException.Closed | BackendException.TooManyViews e) {
            return events;
        }
    }

    private static Event withPrevious(Event event, Replica replica, LayeredState state) {
        if (event.isCreation() || event.previous() != null) {
            return event;
        }
        return new Event(
                event.type(),
                event.now(),
                replica.reader().before(event.now().key(), event.now().modified(), state));
    }

    @Override
    public void requestProgress() {
        hub.lock().lock();
        try {
            wantsProgress = true;
            signal.signal();
        } finally {
            hub.lock().unlock();
        }
    }

    @Override
    public void close() {
        hub.lock().lock();
        try {
            isClosed = true;
        } finally {
            hub.lock().unlock();
        }
        hub.leave(this);
    }
}
