package io.kvorum.registry;

import io.kvorum.apimachinery.type.ResourceType;
import java.util.Map;
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
                Map.entry("persistentvolumes", new Beginning("Pending")),
                Map.entry("persistentvolumeclaims", new Beginning("Pending")));
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

    /** Begins in a phase. */
    private record Beginning(String phase) implements Strategy {
        @Override
        public void prepareCreate(ObjectNode object) {
            object.putObject("status").put("phase", phase);
        }
    }
}
