package io.kvorum.registry;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What must be passed before a write: admission, as the API server wires it. Asked again whenever an update races. */
@FunctionalInterface
public interface Gate {
    Gate OPEN = (object, old) -> {};

    /**
     * @param object the new object, which may be changed in place; null for a delete
     * @param old the object as stored, not to be changed; null for a create
     * @throws io.kvorum.apimachinery.status.ApiException to refuse
     */
    void pass(@Nullable ObjectNode object, @Nullable ObjectNode old);
}
