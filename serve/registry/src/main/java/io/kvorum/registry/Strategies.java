package io.kvorum.registry;

import io.kvorum.apimachinery.type.ResourceType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Which kinds have a {@link Strategy}; immutable, any thread. */
final class Strategies {
    private final Map<String, Strategy> byResource;

    Strategies(ServiceStrategy services) {
        byResource = Map.ofEntries(
                Map.entry("pods", new PodStrategy()),
                Map.entry("namespaces", new NamespaceStrategy()),
                Map.entry("services", services),
                Map.entry("jobs.batch", new JobStrategy()),
                Map.entry("replicationcontrollers", new Orphaning()),
                Map.entry("nodes", new KeepingStatus()),
                Map.entry("secrets", new SecretStrategy()),
                Map.entry("persistentvolumes", new Beginning("Pending")),
                Map.entry("persistentvolumeclaims", new Beginning("Pending")),
                Map.entry("serviceaccounts", new AnsweringWithObject()));
    }

    Strategy of(ResourceType type) {
        return byResource.getOrDefault(type.id().qualified(), Strategy.NONE);
    }

    /** Kept for what its old clients expect. */
    private record Orphaning() implements Strategy {
        @Override
        public boolean orphansByDefault() {
            return true;
        }
    }

    /** The node agent registers a node with its status in one go. */
    private record KeepingStatus() implements Strategy {
        @Override
        public boolean keepsStatusAtCreation() {
            return true;
        }
    }

    private record AnsweringWithObject() implements Strategy {
        @Override
        public boolean answersDeleteWithObject() {
            return true;
        }
    }

    /** Begins in a phase. */
    private record Beginning(String phase) implements Strategy {
        @Override
        public void prepareCreate(ObjectNode object) {
            object.putObject("status").put("phase", phase);
        }

        @Override
        public boolean answersDeleteWithObject() {
            return true;
        }
    }

    /** {@code stringData} is a way to write {@code data} and is never stored. */
    private record SecretStrategy() implements Strategy {
        @Override
        public void prepareCreate(ObjectNode object) {
            fold(object);
        }

        @Override
        public void prepareUpdate(ObjectNode next, ObjectNode old) {
            fold(next);
        }

        private static void fold(ObjectNode secret) {
            JsonNode texts = secret.remove("stringData");
            if (texts != null && texts.isObject() && !texts.isEmpty()) {
                ObjectNode data = secret.withObjectProperty("data");
                texts.forEachEntry((name, value) -> data.put(
                        name,
                        Base64.getEncoder().encodeToString(value.asString("").getBytes(StandardCharsets.UTF_8))));
            }
        }
    }
}
