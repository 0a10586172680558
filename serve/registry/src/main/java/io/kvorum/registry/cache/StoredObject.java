package io.kvorum.registry.cache;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;

/** An object as its bytes stand in the store at one revision; immutable, any thread. */
public final class StoredObject {
    private final Key key;
    private final Bytes value;
    private final Revision revision;

    public StoredObject(Key key, Bytes value, Revision revision) {
        this.key = key;
        this.value = value;
        this.revision = revision;
    }

    public Key key() {
        return key;
    }

    /** The stored bytes, which hold no resourceVersion. */
    public Bytes value() {
        return value;
    }

    /** The revision of its last change: its resourceVersion. */
    public Revision revision() {
        return revision;
    }

    /** The same bytes as of another revision: how a deletion shows the last state. */
    public StoredObject at(Revision other) {
        return new StoredObject(key, value, other);
    }
}
