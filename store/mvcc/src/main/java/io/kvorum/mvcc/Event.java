package io.kvorum.mvcc;

import org.jspecify.annotations.Nullable;

/**
 * One change of one key.
 *
 * @param now the key after the change; of a deletion only key and modified revision mean something
 * @param previous the key before the change; null for a creation, or when nobody asked for it or it is compacted
 */
public record Event(Type type, KeyValue now, @Nullable KeyValue previous) {
    /** What happened to the key. */
    public enum Type {
        PUT,
        DELETE
    }

    public boolean isCreation() {
        return type == Type.PUT && now.version() == 1;
    }

    /** For whoever did not ask what the key was before. */
    public Event withoutPrevious() {
        return previous == null ? this : new Event(type, now, null);
    }
}
