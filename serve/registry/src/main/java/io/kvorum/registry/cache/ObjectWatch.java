package io.kvorum.registry.cache;

import io.kvorum.apimachinery.selector.Selection;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A cursor into one resource's recent changes: no thread, no queue, nothing to close. Used by one thread. */
public final class ObjectWatch {
    private static final int MOST_AT_ONCE = 512;

    private final WatchCache owner;
    private final ResourceCache cache;
    private final KeyRange range;
    private final Selection selection;
    private final long epoch;
    private ResourceCache.@Nullable State initial;
    private long position;
    private Revision delivered;

    ObjectWatch(
            WatchCache owner, ResourceCache cache, ResourceCache.Cursor cursor, KeyRange range, Selection selection) {
        this.owner = owner;
        this.cache = cache;
        this.range = range;
        this.selection = selection;
        this.epoch = cursor.epoch();
        this.position = cursor.position();
        this.initial = cursor.initial();
        this.delivered = cursor.revision();
    }

    /** The objects that were there when the watch began, as additions; empty for a watch behind a revision. Call it first. */
    public List<WatchEvent> initialEvents() {
        ResourceCache.State state = initial;
        initial = null;
        if (state == null) {
            return List.of();
        }
        List<WatchEvent> events = new ArrayList<>();
        for (StoredObject object : state.objects().from(range.start(), range.end())) {
            if (selection.matches(object.value())) {
                events.add(new WatchEvent(WatchEvent.Type.ADDED, object, null));
            }
        }
        return events;
    }

    /**
     * Waits for the next events.
     *
     * @return empty when nothing was to be seen in time
     * @throws io.kvorum.apimachinery.status.ApiException 410 when the watcher fell out of the recent changes
     */
    public List<WatchEvent> next(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            ResourceCache.Reading reading = cache.read(epoch, position, left, owner::upTo, MOST_AT_ONCE);
            position = reading.position();
            List<WatchEvent> seen = seen(reading.changes());
            delivered = delivered.isBefore(reading.upTo()) ? reading.upTo() : delivered;
            if (!seen.isEmpty() || reading.changes().isEmpty()) {
                return seen;
            }
        }
    }

    private List<WatchEvent> seen(List<Change> changes) {
        List<WatchEvent> events = new ArrayList<>(changes.size());
        for (Change change : changes) {
            if (range.contains(change.key())) {
                WatchEvent event = change.seenBy(selection);
                if (event != null) {
                    events.add(event);
                }
            }
        }
        return events;
    }

    /** Everything up to this revision has been handed over: what a bookmark may say. */
    public Revision delivered() {
        return delivered;
    }
}
