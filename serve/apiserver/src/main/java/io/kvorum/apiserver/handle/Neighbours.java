package io.kvorum.apiserver.handle;

import java.util.Map;

/**
 * What the handlers leave to others.
 *
 * @param virtual answers by the resource's qualified name, such as {@code subjectaccessreviews.authorization.k8s.io}
 */
public record Neighbours(
        TokenIssuer tokens, ConnectHandler connections, CreateRight creating, Map<String, VirtualResource> virtual) {
    public Neighbours {
        virtual = Map.copyOf(virtual);
    }
}
