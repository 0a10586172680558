package io.kvorum.snapshot.catalogue;

import java.util.Optional;

/** Which kind of object a key of Kubernetes holds. Stateless. */
final class ObjectKind {
    private static final String REGISTRY = "/registry/";
    static final String NODES = "nodes";
    static final String NODE_KEYS = REGISTRY + "minions/";

    private ObjectKind() {}

    /** A resource's plural, with its group where the key tells it; empty for what is no object. */
    static Optional<String> of(String key) {
        if (!key.startsWith(REGISTRY)) {
            return Optional.empty();
        }
        String[] parts = key.substring(REGISTRY.length()).split("/", 3);
        if (parts.length < 2) {
            return Optional.empty();
        }
        return switch (parts[0]) {
            case "minions" -> Optional.of(NODES);
            case "services" -> Optional.of(parts[1].equals("endpoints") ? "endpoints" : "services");
            case "masterleases", "ranges", "peerserverleases" -> Optional.empty();
            default -> Optional.of(parts[0].contains(".") ? parts[1] + "." + parts[0] : parts[0]);
        };
    }
}
