package io.kvorum.registry;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.model.Key;

/**
 * Which object.
 *
 * @param namespace empty for a cluster-wide kind
 */
public record ObjectPath(ResourceType type, String namespace, String name) {
    Key key() {
        return Key.of(type.storageKey(namespace, name));
    }

    public ApiException notFound() {
        return ApiException.notFound(type.id(), name);
    }

    ApiException conflict(String why) {
        return ApiException.conflict(type.id(), name, why);
    }
}
