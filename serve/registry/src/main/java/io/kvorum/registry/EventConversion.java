package io.kvorum.registry;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** events.k8s.io/v1 is stored as the core group's Event, whose fields have other names. */
record EventConversion() implements VersionConversion {
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
