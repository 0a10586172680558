package io.kvorum.registry.cache;

import io.kvorum.apimachinery.selector.Selection;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One change of one object, shared by all its watchers; immutable but for what it remembers; any thread. */
final class Change {
    private final @Nullable StoredObject before;
    private final @Nullable StoredObject after;
    private final Revision revision;
    private final Map<Object, Bytes> frames = new ConcurrentHashMap<>(0);

    /**
     * @param before null for a creation
     * @param after null for a deletion
     */
    Change(@Nullable StoredObject before, @Nullable StoredObject after, Revision revision) {
        this.before = before;
        this.after = after;
        this.revision = revision;
    }

    Key key() {
        StoredObject either = after == null ? before : after;
        return Objects.requireNonNull(either).key();
    }

    Revision revision() {
        return revision;
    }

    int bytes() {
        return (after == null ? 0 : after.value().length())
                + (before == null ? 0 : before.value().length())
                + 128;
    }

    Bytes frame(Object encoding, Supplier<Bytes> maker) {
        Bytes known = frames.get(encoding);
        if (known == null) {
            known = maker.get();
            frames.put(encoding, known);
        }
        return known;
    }

    /** What a watcher with this selection sees; null when nothing. */
    @Nullable
    WatchEvent seenBy(Selection selection) {
        StoredObject old = selected(before, selection);
        StoredObject now = selected(after, selection);
        if (now != null) {
            return new WatchEvent(old == null ? WatchEvent.Type.ADDED : WatchEvent.Type.MODIFIED, now, this);
        }
        return old == null ? null : new WatchEvent(WatchEvent.Type.DELETED, old.at(revision), this);
    }

    private static @Nullable StoredObject selected(@Nullable StoredObject object, Selection selection) {
        return object != null && selection.matches(object.value()) ? object : null;
    }
}
