package io.kvorum.apiserver.watch;

import io.kvorum.apimachinery.codec.Encoding;
import tools.jackson.databind.node.ObjectNode;

/** What a watcher wants to see of each object; immutable, any thread. */
public sealed interface EventEncoding {
    /** How it is written. */
    Encoding wire();

    /** The object itself, from its stored bytes. */
    record Plain(Encoding wire) implements EventEncoding {}

    /**
     * Something made of the object, such as a table.
     *
     * @param key equal for watchers that get the same bytes, which are made once for all of them
     */
    record Transformed(Encoding wire, Object key, Form form) implements EventEncoding {}

    /** Makes what is shown of an object. */
    @FunctionalInterface
    interface Form {
        /** @param isFirst whether it is the first event of a stream, which may tell more than later ones */
        ObjectNode of(ObjectNode object, boolean isFirst);
    }
}
