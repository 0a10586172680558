package io.kvorum.registry;

import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.apimachinery.type.ResourceType;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
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
        if (type.id().group().equals("events.k8s.io")) {
            return new OfEvents();
        }
        return new OfApiVersion(type);
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

    /** events.k8s.io/v1 is stored as the core group's Event, whose fields have other names. */
    record OfEvents() implements VersionConversion {
        private static final List<Map.Entry<String, String>> STORED_TO_SERVED = List.of(
                Map.entry("involvedObject", "regarding"),
                Map.entry("message", "note"),
                Map.entry("source", "deprecatedSource"),
                Map.entry("firstTimestamp", "deprecatedFirstTimestamp"),
                Map.entry("lastTimestamp", "deprecatedLastTimestamp"),
                Map.entry("count", "deprecatedCount"),
                Map.entry("reportingComponent", "reportingController"));

        @Override
        public ObjectNode served(ObjectNode stored) {
            stored.put("apiVersion", "events.k8s.io/v1");
            STORED_TO_SERVED.forEach(pair -> rename(stored, pair.getKey(), pair.getValue()));
            return stored;
        }

        @Override
        public ObjectNode stored(ObjectNode served) {
            ObjectNode copy = served.objectNode();
            copy.setAll(served);
            copy.put("apiVersion", "v1");
            STORED_TO_SERVED.forEach(pair -> rename(copy, pair.getValue(), pair.getKey()));
            return copy;
        }

        private static void rename(ObjectNode object, String from, String to) {
            JsonNode value = object.remove(from);
            if (value != null) {
                object.set(to, value);
            }
        }
    }
}
