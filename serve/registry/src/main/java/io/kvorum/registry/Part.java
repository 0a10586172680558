package io.kvorum.registry;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Which part of an object a write may change: what is behind each subresource's URL. */
public enum Part {
    /** Everything but the status, where the kind has one with a URL of its own. */
    OBJECT,
    /** Only the status (and annotations, as upstream lets through). */
    STATUS,
    /** Only {@code spec.finalizers} of a Namespace. */
    FINALIZE,
    /** Only {@code spec.ephemeralContainers} of a Pod. */
    EPHEMERAL_CONTAINERS,
    /** Only the resources of a Pod's containers. */
    RESIZE,
    /** Only {@code status.conditions} of a CertificateSigningRequest. */
    APPROVAL,
    /** Whatever the server itself changes, such as a binding; no new generation. */
    SERVER;

    /** The old object with this part of the new one; leaves both alone where it makes a new tree. */
    ObjectNode merged(ObjectNode next, ObjectNode old, boolean hasStatus) {
        return switch (this) {
            case OBJECT -> {
                if (hasStatus) {
                    replace(next, old, "status");
                }
                yield next;
            }
            case SERVER -> next;
            case STATUS -> {
                ObjectNode merged = old.deepCopy();
                replace(merged, next, "status");
                ObjectNode metadata = merged.withObjectProperty("metadata");
                replace(metadata, metadataOf(next), "annotations");
                replace(metadata, metadataOf(next), "labels");
                replace(metadata, metadataOf(next), "finalizers");
                replace(metadata, metadataOf(next), "resourceVersion");
                yield merged;
            }
            case FINALIZE -> specField(next, old, "finalizers");
            case EPHEMERAL_CONTAINERS -> specField(next, old, "ephemeralContainers");
            case RESIZE -> resized(next, old);
            case APPROVAL -> {
                ObjectNode merged = withVersion(next, old);
                replace(merged.withObjectProperty("status"), objectAt(next, "status"), "conditions");
                yield merged;
            }
        };
    }

    private static ObjectNode specField(ObjectNode next, ObjectNode old, String field) {
        ObjectNode merged = withVersion(next, old);
        replace(merged.withObjectProperty("spec"), objectAt(next, "spec"), field);
        return merged;
    }

    private static ObjectNode resized(ObjectNode next, ObjectNode old) {
        ObjectNode merged = withVersion(next, old);
        for (String list : new String[] {"containers", "initContainers"}) {
            JsonNode wanted = objectAt(next, "spec").path(list);
            for (JsonNode container : merged.withObjectProperty("spec").path(list)) {
                for (JsonNode candidate : wanted) {
                    if (candidate.path("name").equals(container.path("name"))) {
                        replace((ObjectNode) container, (ObjectNode) candidate, "resources");
                        replace((ObjectNode) container, (ObjectNode) candidate, "resizePolicy");
                    }
                }
            }
        }
        return merged;
    }

    private static ObjectNode withVersion(ObjectNode next, ObjectNode old) {
        ObjectNode merged = old.deepCopy();
        replace(merged.withObjectProperty("metadata"), metadataOf(next), "resourceVersion");
        return merged;
    }

    private static ObjectNode metadataOf(ObjectNode object) {
        return objectAt(object, "metadata");
    }

    private static ObjectNode objectAt(ObjectNode object, String field) {
        return object.get(field) instanceof ObjectNode found ? found : object.objectNode();
    }

    private static void replace(ObjectNode target, ObjectNode source, String field) {
        JsonNode value = source.get(field);
        if (value == null) {
            target.remove(field);
        } else {
            target.set(field, value.deepCopy());
        }
    }
}
