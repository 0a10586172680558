package io.kvorum.apimachinery.codec;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects reduced to their metadata: {@code PartialObjectMetadata} of meta.k8s.io. The trees share their nodes. */
public final class MetadataOnly {
    private MetadataOnly() {}

    /** @param version of meta.k8s.io, {@code v1} or {@code v1beta1} */
    public static ObjectNode of(ObjectNode object, String version) {
        ObjectNode reduced = Tree.object();
        reduced.put("kind", "PartialObjectMetadata");
        reduced.put("apiVersion", "meta.k8s.io/" + version);
        reduced.set("metadata", metadata(object));
        return reduced;
    }

    /** @param listMetadata the list's own metadata: resourceVersion, continue, remainingItemCount */
    public static ObjectNode listOf(List<ObjectNode> objects, JsonNode listMetadata, String version) {
        ObjectNode list = Tree.object();
        list.put("kind", "PartialObjectMetadataList");
        list.put("apiVersion", "meta.k8s.io/" + version);
        list.set("metadata", listMetadata);
        ArrayNode items = list.putArray("items");
        objects.forEach(object -> items.add(of(object, version)));
        return list;
    }

    private static JsonNode metadata(ObjectNode object) {
        JsonNode metadata = object.get("metadata");
        return metadata == null ? Tree.object() : metadata;
    }
}
