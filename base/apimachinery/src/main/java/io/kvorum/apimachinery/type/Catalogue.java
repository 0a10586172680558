package io.kvorum.apimachinery.type;

import io.kvorum.apimachinery.schema.ObjectSchema;
import java.util.List;
import java.util.Optional;

/** All the kinds the server knows: the built-in ones, and later those that custom resource definitions add. Any thread. */
public interface Catalogue {
    /** Groups and versions in discovery's order: per group the preferred version first. */
    List<GroupVersion> groupVersions();

    /** All resources of all versions, ordered by group, version, name. */
    List<ResourceType> resources();

    Optional<ResourceType> resource(GroupVersionResource id);

    Optional<ResourceType> kind(GroupVersionKind kind);

    /** Loads (once) and gives a schema by its name; empty for an unknown name. */
    Optional<ObjectSchema> schema(String name);
}
