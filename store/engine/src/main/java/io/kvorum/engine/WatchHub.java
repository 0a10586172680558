package io.kvorum.engine;

import io.kvorum.model.Revision;
import io.kvorum.mvcc.Event;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Brings new revisions to the watchers. The applying thread publishes; a watcher's reader takes. A watcher that
 * keeps up is handed what matches; one that does not reads the ring or the disk at its own pace and costs nobody
 * anything. Nothing here waits for a watcher.
 */
final class WatchHub {
    /** Revisions of the ring a lagging watcher looks through at a time. */
    private static final int PAGES_AT_A_TIME = 512;

    private final ReentrantLock lock = new ReentrantLock();
    private final EventRing ring;
    private final RangeGroups<Watcher> watchers = new RangeGroups<>();
    private final Supplier<Replica> replica;
    private final Health health;
    private Revision newest;

    WatchHub(long historyBytes, Supplier<Replica> replica, Health health) {
        this.replica = replica;
        this.health = health;
        this.newest = replica.get().newest();
        this.ring = new EventRing(historyBytes, newest);
    }

    /** @param inbox learns when the watch has something to read */
    Watcher open(WatchRequest request, Inbox inbox) {
        lock.lock();
        try {
            boolean startsNow = request.start().equals(Revision.ZERO);
            long start = startsNow ? newest.value() + 1 : request.start().value();
            Watcher watcher = new Watcher(this, request, start, inbox);
            watchers.add(request.range(), watcher);
            return watcher;
        } finally {
            lock.unlock();
        }
    }

    /** Called by the applying thread once readers see the revisions. */
    void publish(List<Page> pages) {
        lock.lock();
        try {
            for (Page page : pages) {
                ring.add(page);
                newest = page.revision();
                for (Event event : page.events()) {
                    // one for all watchers: whoever carries it to many may do so with one copy
                    Event bare = event.withoutPrevious();
                    watchers.forEachWatching(event.now().key(), watcher -> watcher.hand(page.revision(), event, bare));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** The state was replaced as a whole: everyone goes on from the new history, or learns that it is gone. */
    void restart() {
        lock.lock();
        try {
            Revision before = newest;
            newest = replica.get().newest();
            ring.restart(newest);
            watchers.all().forEach(watcher -> watcher.fallBehind(before, newest));
        } finally {
            lock.unlock();
        }
    }

    /** The health says stopped: whoever waits shall see it. */
    void stop() {
        lock.lock();
        try {
            watchers.all().forEach(Watcher::wake);
        } finally {
            lock.unlock();
        }
    }

    void leave(Watcher watcher) {
        lock.lock();
        try {
            watchers.remove(watcher.range(), watcher);
            watcher.wake();
        } finally {
            lock.unlock();
        }
    }

    /** Pages in memory from the revision on; empty when it is not in memory any more. */
    Optional<List<Page>> recent(long from) {
        lock.lock();
        try {
            return from < ring.first() ? Optional.empty() : Optional.of(ring.from(from, PAGES_AT_A_TIME));
        } finally {
            lock.unlock();
        }
    }

    ReentrantLock lock() {
        return lock;
    }

    /** With the lock held. */
    Revision newest() {
        return newest;
    }

    Replica replica() {
        return replica.get();
    }

    Health health() {
        return health;
    }
}
