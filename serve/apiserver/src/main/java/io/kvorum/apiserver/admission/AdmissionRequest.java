package io.kvorum.apiserver.admission;

import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.apiserver.authn.Caller;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An operation on an object that is about to be stored.
 *
 * @param subresource empty for the object itself
 * @param name empty for a create with generateName before the name is made
 * @param object the new object, which plugins may change in place; null for a delete
 * @param old the object as stored, which must not be changed; null for a create
 */
public record AdmissionRequest(
        Operation operation,
        ResourceType type,
        String subresource,
        String namespace,
        String name,
        @Nullable ObjectNode object,
        @Nullable ObjectNode old,
        Caller caller,
        boolean isDryRun) {
    /** What is being done. CONNECT is exec, attach, port-forward and proxy. */
    public enum Operation {
        CREATE,
        UPDATE,
        DELETE,
        CONNECT
    }
}
