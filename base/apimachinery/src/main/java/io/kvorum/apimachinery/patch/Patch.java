package io.kvorum.apimachinery.patch;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A change to an object, as a client sends it. Immutable, any thread. */
public sealed interface Patch permits JsonPatch, MergePatch, StrategicMergePatch {
    /**
     * The changed object; the given one stays as it is.
     *
     * @throws io.kvorum.apimachinery.status.ApiException 400 or 422 when it does not fit
     */
    ObjectNode applyTo(ObjectNode current);

    /** What the patch says, for admission and for checks of its own; never changed. */
    JsonNode document();
}
