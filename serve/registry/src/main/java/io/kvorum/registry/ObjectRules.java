package io.kvorum.registry;

import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.type.ResourceType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Defaulting and validation as the registry asks for them; any thread. */
public interface ObjectRules {
    /** Fills in, in place, what the client left out. */
    void fill(ResourceType type, ObjectNode object);

    /**
     * What is wrong with an object that is about to be stored.
     *
     * @param old the object as stored; null for a creation
     */
    List<Cause> problems(ResourceType type, ObjectNode object, @Nullable ObjectNode old);
}
