package io.kvorum.apimachinery.type;

import java.util.List;
import java.util.Optional;

/**
 * How one resource is served and stored.
 *
 * @param singular such as {@code pod}
 * @param verbs in discovery's order, such as create, delete, deletecollection, get, list, patch, update, watch
 * @param categories such as {@code all}
 * @param storagePrefix where its objects stand in the store, such as {@code /registry/pods/}; a namespaced object's key is
 *     prefix + namespace + "/" + name, a cluster-wide one's prefix + name; empty for what is never stored (reviews)
 * @param schema the schema's name, such as {@code io.k8s.api.core.v1.Pod}
 * @param storageVersion the version that objects are stored in; another version of the same group shares the prefix
 * @param returnsDeleted whether a delete answers with the object rather than with a Status
 */
public record ResourceType(
        GroupVersionResource id,
        String kind,
        String singular,
        boolean isNamespaced,
        List<String> verbs,
        List<String> shortNames,
        List<String> categories,
        List<Subresource> subresources,
        String storagePrefix,
        String schema,
        String storageVersion,
        boolean returnsDeleted) {
    public ResourceType {
        verbs = List.copyOf(verbs);
        shortNames = List.copyOf(shortNames);
        categories = List.copyOf(categories);
        subresources = List.copyOf(subresources);
    }

    public ResourceType(
            GroupVersionResource id,
            String kind,
            String singular,
            boolean isNamespaced,
            List<String> verbs,
            List<String> shortNames,
            List<String> categories,
            List<Subresource> subresources,
            String storagePrefix,
            String schema,
            String storageVersion) {
        this(
                id,
                kind,
                singular,
                isNamespaced,
                verbs,
                shortNames,
                categories,
                subresources,
                storagePrefix,
                schema,
                storageVersion,
                false);
    }

    public GroupVersion groupVersion() {
        return id.groupVersion();
    }

    public GroupVersionKind groupVersionKind() {
        return groupVersion().kind(kind);
    }

    public String listKind() {
        return kind + "List";
    }

    public Optional<Subresource> subresource(String name) {
        return subresources.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    public boolean hasStatus() {
        return subresource("status").isPresent();
    }

    /** Where an object stands in the store. */
    public String storageKey(String namespace, String name) {
        return isNamespaced ? storagePrefix + namespace + "/" + name : storagePrefix + name;
    }

    /**
     * A part of an object with a URL of its own.
     *
     * @param kind of the body, such as Pod for pods/status or Scale in autoscaling/v1 for deployments/scale
     */
    public record Subresource(String name, GroupVersionKind kind, List<String> verbs) {
        public Subresource {
            verbs = List.copyOf(verbs);
        }
    }
}
