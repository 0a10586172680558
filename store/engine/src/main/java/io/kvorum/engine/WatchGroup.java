package io.kvorum.engine;

import io.kvorum.model.Revision;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;

/**
 * Many watches that one thread reads in turn, so that a change that concerns ten thousand of them wakes one thread. Any
 * thread opens and closes watches; one thread reads. A watch that lags reads one stretch of history a turn, while the
 * others go on.
 *
 * @param <T> whom a watch is for
 */
public final class WatchGroup<T> implements AutoCloseable {
    /** Of the watches that have something, so many are emptied at a time: publishing waits for that. */
    private static final int TAKEN_AT_ONCE = 64;

    /** References to events, not their bytes; beyond this, watches read the history again instead. */
    private static final int MOST_WAITING_EVENTS = 100_000;

    private final WatchHub hub;
    private final Consumer<WatchRequest> check;
    private final Condition signal;
    /** Guarded by the hub's lock, as all that follows but what the reader has taken. */
    private final ArrayDeque<Place> ready = new ArrayDeque<>();

    private final Set<Place> places = new LinkedHashSet<>();
    private int waitingEvents;
    private boolean isClosed;
    /** The reader's own. */
    private final ArrayDeque<Taken<T>> taken = new ArrayDeque<>();

    /** @param check refuses what cannot be watched */
    WatchGroup(WatchHub hub, Consumer<WatchRequest> check) {
        this.hub = hub;
        this.check = check;
        this.signal = hub.lock().newCondition();
    }

    /** News that was taken from a watch, or, without any, a watch that has to read for itself. */
    private record Taken<T>(WatchGroup<T>.Place place, Optional<WatchNews<T>> news) {}

    /** One watch's place in the queue; it is there at most once. */
    private final class Place implements Inbox, OpenWatch {
        private final T reader;
        private final Watcher watcher;
        private boolean isReady;

        private Place(T reader, WatchRequest request) {
            this.reader = reader;
            this.watcher = hub.open(request, this);
        }

        @Override
        public void ring() {
            if (!isReady) {
                isReady = true;
                ready.add(this);
                signal.signal();
            }
        }

        @Override
        public boolean hasRoom() {
            return waitingEvents < MOST_WAITING_EVENTS;
        }

        @Override
        public void grew(int events) {
            waitingEvents += events;
        }

        /** With the hub's lock held. */
        private void takeTurn() {
            isReady = false;
            if (watcher.isClosed()) {
                return;
            }
            Optional<Revision> overtakenBy = watcher.overtakenBy();
            if (overtakenBy.isPresent()) {
                taken.add(new Taken<>(this, Optional.of(new WatchNews.Overtaken<>(reader, overtakenBy.get()))));
            } else if (watcher.isLagging()) {
                taken.add(new Taken<>(this, Optional.empty()));
            } else {
                watcher.take()
                        .ifPresent(batch ->
                                taken.add(new Taken<>(this, Optional.of(new WatchNews.Happened<>(reader, batch)))));
                ringUnlessIdle();
            }
        }

        private void ringUnlessIdle() {
            if (!watcher.isClosed() && !watcher.isIdle()) {
                ring();
            }
        }

        /** A watch that lags goes to the end of the queue afterwards. */
        private Optional<WatchNews<T>> readOn() {
            try {
                return watcher.readOn().map(batch -> new WatchNews.Happened<>(reader, watcher.completed(batch)));
            } catch (StoreException.Compacted e) {
                return Optional.of(new WatchNews.Overtaken<>(reader, e.compacted()));
            } finally {
                locked(this::ringUnlessIdle);
            }
        }

        private WatchNews<T> completed(WatchNews<T> news) {
            return switch (news) {
                case WatchNews.Happened<T> happened ->
                    new WatchNews.Happened<>(reader, watcher.completed(happened.batch()));
                case WatchNews.Overtaken<T> overtaken -> overtaken;
            };
        }

        @Override
        public void requestProgress() {
            watcher.requestProgress();
        }

        @Override
        public void close() {
            locked(() -> {
                places.remove(this);
                watcher.close();
            });
        }
    }

    private void locked(Runnable act) {
        hub.lock().lock();
        try {
            act.run();
        } finally {
            hub.lock().unlock();
        }
    }

    /** @throws StoreException.Compacted at once when the start is compacted */
    public OpenWatch open(WatchRequest request, T reader) {
        check.accept(request);
        hub.lock().lock();
        try {
            if (isClosed) {
                throw new StoreException.Stopped("the watches are closed");
            }
            Place place = new Place(reader, request);
            places.add(place);
            place.ringUnlessIdle();
            return place;
        } finally {
            hub.lock().unlock();
        }
    }

    /**
     * Waits for the next news of any of the watches. One that is closed meanwhile may still be named.
     *
     * @return empty when nothing happened in time
     * @throws StoreException.Stopped when the store stops, or the group is closed
     */
    public Optional<WatchNews<T>> next(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        do {
            while (!taken.isEmpty()) {
                Taken<T> next = taken.remove();
                Optional<WatchNews<T>> news =
                        next.news().map(next.place()::completed).or(next.place()::readOn);
                if (news.isPresent()) {
                    return news;
                }
            }
        } while (takeTurns(deadline));
        return Optional.empty();
    }

    /** Whether there were any before the time was up. */
    private boolean takeTurns(long deadline) throws InterruptedException {
        hub.lock().lock();
        try {
            refuseIfOver();
            while (ready.isEmpty()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                signal.awaitNanos(left);
                refuseIfOver();
            }
            for (int i = Math.min(TAKEN_AT_ONCE, ready.size()); i > 0; i--) {
                ready.remove().takeTurn();
            }
            return true;
        } finally {
            hub.lock().unlock();
        }
    }

    private void refuseIfOver() {
        hub.health().refuseReadsIfStopped();
        if (isClosed) {
            throw new StoreException.Stopped("the watches are closed");
        }
    }

    /** Closes all its watches, and wakes the reader. */
    @Override
    public void close() {
        locked(() -> {
            isClosed = true;
            places.forEach(place -> place.watcher.close());
            places.clear();
            signal.signalAll();
        });
    }
}
