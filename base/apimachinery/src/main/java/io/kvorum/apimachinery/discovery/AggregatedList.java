package io.kvorum.apimachinery.discovery;

import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.apimachinery.type.GroupVersionKind;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.apimachinery.type.ResourceType.Subresource;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The APIGroupDiscoveryList: all that discovery tells, in one document. */
final class AggregatedList {
    private AggregatedList() {}

    static ObjectNode of(Catalogue catalogue, Map<String, List<GroupVersion>> groups) {
        ObjectNode document = JsonNodeFactory.instance
                .objectNode()
                .put("kind", "APIGroupDiscoveryList")
                .put("apiVersion", "apidiscovery.k8s.io/v2");
        document.putObject("metadata");
        ArrayNode items = document.putArray("items");
        groups.forEach((group, versions) -> {
            ObjectNode item = items.addObject();
            ObjectNode metadata = item.putObject("metadata");
            if (!group.isEmpty()) {
                metadata.put("name", group);
            }
            ArrayNode list = item.putArray("versions");
            versions.forEach(version -> fillVersion(list.addObject(), version, catalogue));
        });
        return document;
    }

    private static void fillVersion(ObjectNode node, GroupVersion version, Catalogue catalogue) {
        node.put("version", version.version());
        ArrayNode resources = node.putArray("resources");
        for (ResourceType type : catalogue.resources()) {
            if (type.groupVersion().equals(version)) {
                fillResource(resources.addObject(), type);
            }
        }
        node.put("freshness", "Current");
    }

    private static void fillResource(ObjectNode node, ResourceType type) {
        node.put("resource", type.id().resource());
        fillKind(node, type.groupVersionKind(), type);
        node.put("scope", type.isNamespaced() ? "Namespaced" : "Cluster").put("singularResource", type.singular());
        ResourceList.putWords(node, "verbs", type.verbs());
        if (!type.shortNames().isEmpty()) {
            ResourceList.putWords(node, "shortNames", type.shortNames());
        }
        if (!type.categories().isEmpty()) {
            ResourceList.putWords(node, "categories", type.categories());
        }
        if (!type.subresources().isEmpty()) {
            ArrayNode parts = node.putArray("subresources");
            type.subresources().forEach(part -> fillSubresource(parts.addObject(), part, type));
        }
    }

    private static void fillSubresource(ObjectNode node, Subresource part, ResourceType type) {
        node.put("subresource", part.name());
        fillKind(node, part.kind(), type);
        ResourceList.putWords(node, "verbs", part.verbs());
    }

    /** Group and version stay empty where they are the resource's own, as upstream's do. */
    private static void fillKind(ObjectNode node, GroupVersionKind kind, ResourceType type) {
        boolean isOwn = kind.groupVersion().equals(type.groupVersion());
        node.putObject("responseKind")
                .put("group", isOwn ? "" : kind.group())
                .put("version", isOwn ? "" : kind.version())
                .put("kind", kind.kind());
    }
}
