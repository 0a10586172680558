package io.kvorum.registry;

import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A namespace carries its name as a label and stays, terminating, until its content is gone. */
final class NamespaceStrategy implements Strategy {
    private static final String FINALIZER = "kubernetes";
    private static final String NAME_LABEL = "kubernetes.io/metadata.name";

    @Override
    public void prepareCreate(ObjectNode object) {
        ArrayNode finalizers = object.withObjectProperty("spec").withArrayProperty("finalizers");
        boolean isThere = false;
        for (JsonNode each : finalizers) {
            isThere |= each.asString("").equals(FINALIZER);
        }
        if (!isThere) {
            finalizers.add(FINALIZER);
        }
        object.putObject("status").put("phase", "Active");
        label(object);
    }

    /** Finalizers have a URL of their own. */
    @Override
    public void prepareUpdate(ObjectNode next, ObjectNode old) {
        JsonNode finalizers = old.path("spec").path("finalizers");
        if (finalizers.isMissingNode()) {
            next.withObjectProperty("spec").remove("finalizers");
        } else {
            next.withObjectProperty("spec").set("finalizers", finalizers);
        }
    }

    private static void label(ObjectNode object) {
        ObjectNode metadata = object.withObjectProperty("metadata");
        metadata.withObjectProperty("labels")
                .put(NAME_LABEL, metadata.path("name").asString(""));
    }

    @Override
    public void markDeleted(ObjectNode object, Instant now) {
        object.withObjectProperty("status").put("phase", "Terminating");
    }

    @Override
    public boolean isHeld(ObjectNode object) {
        return !object.path("spec").path("finalizers").isEmpty();
    }
}
