package io.kvorum.registry.cache;

import io.kvorum.model.Bytes;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A change as one watcher sees it; immutable, any thread. */
public final class WatchEvent {
    /** What happened, from the watcher's point of view. */
    public enum Type {
        ADDED,
        MODIFIED,
        DELETED
    }

    private record FrameKey(Object encoding, Type type) {}

    private final Type type;
    private final StoredObject object;
    private final @Nullable Change change;

    /** @param change null for an object that was there when the watch began */
    WatchEvent(Type type, StoredObject object, @Nullable Change change) {
        this.type = type;
        this.object = object;
        this.change = change;
    }

    public Type type() {
        return type;
    }

    /** The object after the change; of a deletion its last state, as of the revision of the deletion. */
    public StoredObject object() {
        return object;
    }

    /** The event's bytes in one encoding, made by the first watcher that needs them and kept for the others. */
    public Bytes frame(Object encoding, Supplier<Bytes> maker) {
        return change == null ? maker.get() : change.frame(new FrameKey(encoding, type), maker);
    }
}
