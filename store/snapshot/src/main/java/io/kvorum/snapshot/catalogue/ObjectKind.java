package io.kvorum.snapshot.catalogue;

/** Which kind of object a key of Kubernetes holds. Stateless. */
final class ObjectKind {
    private static final String REGISTRY = "/registry/";
    static final String OTHER = "other";
    static final String NODES = "nodes";
    static final String NODE_KEYS = REGISTRY + "minions/";

    private ObjectKind() {}

    /** A resource's plural, with its group where the key tells it; {@link #OTHER} for what is no object. */
    static String of(String key) {
        if (!key.startsWith(REGISTRY)) {
            return key.startsWith("/bootstrap") ? "bootstrap" : OTHER;
        }
        String[] parts = key.substring(REGISTRY.length()).split("/", 3);
        if (parts.length < 2) {
            return OTHER;
        }
        return switch (parts[0]) {
            case "minions" -> NODES;
            case "services" -> parts[1].equals("endpoints") ? "endpoints" : "services";
            case "masterleases", "ranges", "peerserverleases" -> OTHER;
            default -> parts[0].contains(".") ? parts[1] + "." + parts[0] : parts[0];
        };
    }
}
