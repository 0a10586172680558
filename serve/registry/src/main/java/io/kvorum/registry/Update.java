package io.kvorum.registry;

import tools.jackson.databind.node.ObjectNode;

/** Makes the new object out of the current one; called again with a newer one when a write races. */
@FunctionalInterface
public interface Update {
    /** @param current a copy of its own, with resourceVersion */
    ObjectNode apply(ObjectNode current);
}
