package io.kvorum.apimachinery.codec;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request's body as an object of its type.
 *
 * @param warnings for the caller's {@code Warning} headers, such as {@code unknown field "spec.foo"}
 */
public record Decoded(ObjectNode object, List<String> warnings) {
    public Decoded {
        warnings = List.copyOf(warnings);
    }
}
