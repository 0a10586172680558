package io.kvorum.registry.cache;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.model.Bytes;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All objects under one prefix of the store and their recent changes. Any thread; the lock is held for memory work only.
 *
 * <pre>
 *   EMPTY --load() begins--> LOADING (changes are kept aside) --loaded()--> READY --reset()--> EMPTY
 * </pre>
 */
final class ResourceCache {
    private enum Phase {
        EMPTY,
        LOADING,
        READY
    }

    private final KeyRange range;
    private final long ringBytes;
    private final UnaryOperator<Bytes> toJson;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Event> aside = new ArrayList<>();
    private Phase phase = Phase.EMPTY;
    private boolean isBeingLoaded;
    private boolean isClosed;
    private long epoch;
    private SortedTree<StoredObject> objects = SortedTree.empty();
    private ChangeRing ring;
    private Revision newest = Revision.ZERO;

    ResourceCache(KeyRange range, long ringBytes, UnaryOperator<Bytes> toJson) {
        this.range = range;
        this.ringBytes = ringBytes;
        this.toJson = toJson;
        this.ring = new ChangeRing(ringBytes, Revision.ZERO);
    }

    /** Objects and the revision that they stand at. */
    record State(SortedTree<StoredObject> objects, Revision revision) {}

    /** What a cursor read, where it stands now, and the revision up to which it has seen everything. */
    record Reading(List<Change> changes, long position, Revision upTo) {}

    KeyRange range() {
        return range;
    }

    /** Changes are kept from now on, to be put on top of what is about to be loaded; gives the attempt's number. */
    long beginLoading() {
        return locked(() -> {
            phase = Phase.LOADING;
            aside.clear();
            return ++epoch;
        });
    }

    /** @return false when the cache was reset meanwhile, so that loading must begin anew */
    boolean loaded(long attempt, SortedTree<StoredObject> tree, Revision at) {
        return locked(() -> {
            if (epoch != attempt || phase != Phase.LOADING) {
                return false;
            }
            objects = tree;
            newest = at;
            ring = new ChangeRing(ringBytes, at);
            phase = Phase.READY;
            for (Event event : aside) {
                if (at.isBefore(event.now().modified())) {
                    change(event);
                }
            }
            aside.clear();
            return true;
        });
    }

    /** Takes the events of whole revisions, in order. */
    void apply(List<Event> events) {
        lock.lock();
        try {
            if (phase == Phase.LOADING) {
                aside.addAll(events);
            } else if (phase == Phase.READY) {
                Revision known = newest;
                for (Event event : events) {
                    if (known.isBefore(event.now().modified())) {
                        change(event);
                    }
                }
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void change(Event event) {
        Revision at = event.now().modified();
        StoredObject before = objects.find(event.now().key());
        newest = at;
        if (event.type() == Event.Type.PUT) {
            StoredObject after =
                    new StoredObject(event.now().key(), toJson.apply(event.now().value()), at);
            objects = objects.with(after.key(), after);
            ring.add(new Change(before, after, at));
        } else if (before != null) {
            objects = objects.without(before.key());
            ring.add(new Change(before, null, at));
        }
    }

    /** History broke: watchers learn that they must list anew, and the next reader loads again. */
    void reset() {
        lock.lock();
        try {
            epoch++;
            phase = Phase.EMPTY;
            objects = SortedTree.empty();
            ring = new ChangeRing(ringBytes, Revision.ZERO);
            aside.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The server stops: watchers end without being told to list anew. */
    void close() {
        locked(() -> isClosed = true);
        reset();
    }

    /** @param upTo every change up to this revision has been applied already */
    @Nullable
    State state(Revision upTo) {
        return locked(() -> phase == Phase.READY ? new State(objects, later(newest, upTo)) : null);
    }

    /** A cursor behind the revision; null when not ready. */
    @Nullable
    Cursor cursorBehind(Revision revision) {
        return locked(() -> {
            if (phase != Phase.READY) {
                return null;
            }
            if (revision.isBefore(ring.since())) {
                throw tooOld(revision, ring.since());
            }
            return new Cursor(epoch, ring.positionBehind(revision), null, revision);
        });
    }

    /** A cursor at the end, with the objects that are there now; null when not ready. */
    @Nullable
    Cursor cursorWithObjects(Revision upTo) {
        return locked(() -> phase == Phase.READY
                ? new Cursor(epoch, ring.end(), new State(objects, later(newest, upTo)), later(newest, upTo))
                : null);
    }

    /** Where a watch begins. */
    record Cursor(long epoch, long position, @Nullable State initial, Revision revision) {}

    /**
     * Waits until there are changes behind the position, the patience ends, or the cursor is lost.
     *
     * @param progress asked before the changes are read: the revision up to which every change has been applied
     */
    Reading read(long cursorEpoch, long position, Duration patience, Supplier<Revision> progress, int most)
            throws InterruptedException {
        long nanos = patience.toNanos();
        Revision upTo = progress.get();
        lock.lockInterruptibly();
        try {
            while (epoch == cursorEpoch && position == ring.end() && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            if (isClosed) {
                throw ApiException.unavailable("the server is shutting down", 1);
            }
            if (epoch != cursorEpoch) {
                throw ApiException.expired("the watch cache began anew; list again");
            }
            if (!ring.holds(position)) {
                throw ApiException.expired("too old resource version: the watcher fell behind " + ring.since());
            }
            List<Change> changes = ring.read(position, most);
            long reached = position + changes.size();
            Revision last = changes.isEmpty() ? upTo : changes.getLast().revision();
            return new Reading(changes, reached, reached == ring.end() ? later(last, upTo) : last);
        } finally {
            lock.unlock();
        }
    }

    static ApiException tooOld(Revision asked, Revision oldest) {
        return ApiException.expired("too old resource version: %s (%s)".formatted(asked, oldest));
    }

    private static Revision later(Revision one, Revision other) {
        return one.isBefore(other) ? other : one;
    }

    /** Runs the load unless another thread does; then waits for that one. */
    void loadOnce(Duration patience, Runnable load) {
        boolean isMine = locked(() -> {
            boolean free = !isBeingLoaded;
            isBeingLoaded = true;
            return free;
        });
        if (!isMine) {
            awaitLoad(patience);
            return;
        }
        try {
            load.run();
        } finally {
            locked(() -> {
                isBeingLoaded = false;
                changed.signalAll();
                return true;
            });
        }
    }

    private void awaitLoad(Duration patience) {
        long nanos = patience.toNanos();
        lock.lock();
        try {
            while (isBeingLoaded) {
                if (nanos <= 0) {
                    throw ApiException.unavailable("the watch cache is still loading; try again", 1);
                }
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unavailable("the server is shutting down", 1);
        } finally {
            lock.unlock();
        }
    }

    private <T extends @Nullable Object> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
