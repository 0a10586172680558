package io.kvorum.apimachinery.discovery;

import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.apimachinery.type.ResourceType.Subresource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The APIResourceList of one group version: resources and, behind each, its subresources. */
final class ResourceList {
    private ResourceList() {}

    static ObjectNode of(Catalogue catalogue, GroupVersion groupVersion) {
        ObjectNode document = JsonNodeFactory.instance
                .objectNode()
                .put("kind", "APIResourceList")
                .put("apiVersion", "v1")
                .put("groupVersion", groupVersion.apiVersion());
        ArrayNode resources = document.putArray("resources");
        for (ResourceType type : catalogue.resources()) {
            if (type.groupVersion().equals(groupVersion)) {
                fillResource(resources.addObject(), type, catalogue);
                type.subresources().forEach(each -> fillSubresource(resources.addObject(), type, each));
            }
        }
        return document;
    }

    private static void fillResource(ObjectNode node, ResourceType type, Catalogue catalogue) {
        node.put("name", type.id().resource())
                .put("singularName", type.singular())
                .put("namespaced", type.isNamespaced())
                .put("kind", type.kind());
        putWords(node, "verbs", type.verbs());
        if (!type.shortNames().isEmpty()) {
            putWords(node, "shortNames", type.shortNames());
        }
        if (!type.categories().isEmpty()) {
            putWords(node, "categories", type.categories());
        }
        if (!type.storagePrefix().isEmpty()) {
            node.put("storageVersionHash", storageVersionHash(type, catalogue));
        }
    }

    private static void fillSubresource(ObjectNode node, ResourceType type, Subresource part) {
        node.put("name", type.id().resource() + "/" + part.name())
                .put("singularName", "")
                .put("namespaced", type.isNamespaced());
        if (!part.kind().groupVersion().equals(type.groupVersion())) {
            node.put("group", part.kind().group()).put("version", part.kind().version());
        }
        node.put("kind", part.kind().kind());
        putWords(node, "verbs", part.verbs());
    }

    static void putWords(ObjectNode node, String name, List<String> words) {
        ArrayNode array = node.putArray(name);
        words.forEach(array::add);
    }

    /** As upstream's: the first eight bytes of the SHA-256 of the group, version and kind it is stored in. */
    private static String storageVersionHash(ResourceType type, Catalogue catalogue) {
        ResourceType stored = catalogue.storedAs(type);
        String text = stored.id().group() + "/" + stored.id().version() + "/" + stored.kind();
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(Arrays.copyOf(sum, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
