package io.kvorum.registry;

import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.apimachinery.type.ResourceType;
import tools.jackson.databind.node.ObjectNode;

/**
 * Between the version of a kind that is served and the one that is stored; pure, any thread.
 *
 * <p>Versions of one group have the same fields unless said otherwise here, so only {@code apiVersion} differs.
 */
interface VersionConversion {
    /** From what stands in the store, in place or anew. */
    ObjectNode served(ObjectNode stored);

    /** To what shall stand in the store; leaves the argument alone. */
    ObjectNode stored(ObjectNode served);

    static VersionConversion of(ResourceType type) {
        return switch (type.id().qualified()) {
            case "events.events.k8s.io" -> new EventConversion();
            case "horizontalpodautoscalers.autoscaling" ->
                type.id().version().equals("v1") ? new AutoscalerConversion() : new OfApiVersion(type);
            default -> new OfApiVersion(type);
        };
    }

    /** Only the name of the version differs. */
    record OfApiVersion(ResourceType type) implements VersionConversion {
        @Override
        public ObjectNode served(ObjectNode stored) {
            stored.put("kind", type.kind());
            stored.put("apiVersion", type.groupVersion().apiVersion());
            return stored;
        }

        @Override
        public ObjectNode stored(ObjectNode served) {
            ObjectNode copy = served.objectNode();
            copy.setAll(served);
            copy.put("kind", type.kind());
            copy.put("apiVersion", new GroupVersion(type.id().group(), type.storageVersion()).apiVersion());
            return copy;
        }
    }
}
