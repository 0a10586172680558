package io.kvorum.apimachinery.codec;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What a text says, before anyone asks what kind it is.
 *
 * @param duplicates the paths of fields given twice (the last one counts), in the order found
 */
record Document(JsonNode root, List<String> duplicates) {
    Document {
        duplicates = List.copyOf(duplicates);
    }

    /** The text is no document; the message says where. */
    static final class Unreadable extends RuntimeException {
        Unreadable(String message) {
            super(message);
        }
    }
}
