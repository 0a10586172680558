package io.kvorum.engine;

import io.kvorum.model.Revision;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;

/** A watch that one thread waits for. */
final class LoneWatch implements WatchStream, Inbox {
    private final WatchHub hub;
    private final Condition signal;
    private final Watcher watcher;

    LoneWatch(WatchHub hub, WatchRequest request) {
        this.hub = hub;
        this.signal = hub.lock().newCondition();
        this.watcher = hub.open(request, this);
    }

    @Override
    public void ring() {
        signal.signal();
    }

    @Override
    public boolean hasRoom() {
        return true;
    }

    @Override
    public void grew(int events) {
        // The watcher's own bounds are enough for one.
    }

    @Override
    public Optional<WatchBatch> next(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<WatchBatch> handed = takeHanded(deadline);
            if (handed.isPresent()) {
                return handed.map(watcher::completed);
            }
            Optional<WatchBatch> found = watcher.readOn();
            if (found.isPresent()) {
                return found.map(watcher::completed);
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
            while (watcher.isIdle()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                signal.awaitNanos(left);
                refuseIfOver();
            }
            return watcher.take();
        } finally {
            hub.lock().unlock();
        }
    }

    private void refuseIfOver() {
        hub.health().refuseReadsIfStopped();
        if (watcher.isClosed()) {
            throw new StoreException.Stopped("the watch is closed");
        }
        Optional<Revision> overtakenBy = watcher.overtakenBy();
        if (overtakenBy.isPresent()) {
            throw new StoreException.Compacted(overtakenBy.get());
        }
    }

    @Override
    public void requestProgress() {
        watcher.requestProgress();
    }

    @Override
    public void close() {
        watcher.close();
    }
}
