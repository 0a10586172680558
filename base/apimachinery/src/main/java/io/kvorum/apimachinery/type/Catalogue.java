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

    /**
     * The schema of an object by its apiVersion and kind: where the catalogue knows them also of lists and of what is no
     * resource, such as Scale and DeleteOptions.
     */
    default Optional<ObjectSchema> schemaOf(GroupVersionKind kind) {
        return kind(kind).flatMap(type -> schema(type.schema()));
    }

    /** The kinds that a schema describes; none for a mere part of an object, or where that is not known. */
    default List<GroupVersionKind> kindsOf(String schemaName) {
        return resources().stream()
                .filter(type -> type.schema().equals(schemaName))
                .map(ResourceType::groupVersionKind)
                .toList();
    }

    /**
     * The version of a resource that its objects are stored in, which may be of another group: events of events.k8s.io
     * share the place of the core group's, and are stored as those.
     */
    default ResourceType storedAs(ResourceType type) {
        return resources().stream()
                .filter(each -> each.storagePrefix().equals(type.storagePrefix())
                        && each.kind().equals(type.kind())
                        && each.id().version().equals(type.storageVersion()))
                .findFirst()
                .orElse(type);
    }

    /**
     * A short text, fit for a URL, that changes whenever something of a group's version does. Whoever's schemas change
     * while its resources stay the same overrides it.
     */
    default String contentHash(GroupVersion groupVersion) {
        String text = resources().stream()
                .filter(type -> type.groupVersion().equals(groupVersion))
                .toList()
                .toString();
        return ContentHash.of(groupVersion + text);
    }
}
