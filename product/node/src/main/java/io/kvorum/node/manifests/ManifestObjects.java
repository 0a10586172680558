package io.kvorum.node.manifests;

import io.kvorum.apimachinery.codec.YamlDocuments;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The objects of a manifest, those first that others live in or are kinds of. Stateless. */
final class ManifestObjects {
    private static final List<String> FIRST = List.of("Namespace", "CustomResourceDefinition", "ServiceAccount");

    private ManifestObjects() {}

    /** @throws IllegalArgumentException when the text is no YAML, or holds what is no object */
    static List<ObjectNode> of(String text) {
        List<ObjectNode> objects = new ArrayList<>();
        YamlDocuments.read(text).forEach(document -> take(document, objects));
        objects.sort(Comparator.comparingInt(object -> {
            int place = FIRST.indexOf(object.path("kind").asString(""));
            return place < 0 ? FIRST.size() : place;
        }));
        return objects;
    }

    private static void take(JsonNode document, List<ObjectNode> into) {
        if (!(document instanceof ObjectNode object)
                || object.path("apiVersion").asString("").isEmpty()
                || object.path("kind").asString("").isEmpty()) {
            throw new IllegalArgumentException("a document has no apiVersion or no kind");
        }
        if (object.path("kind").asString("").endsWith("List")
                && object.path("items").isArray()) {
            object.path("items").forEach(item -> take(item, into));
        } else if (object.path("metadata").path("name").asString("").isEmpty()) {
            throw new IllegalArgumentException(
                    "a %s has no metadata.name".formatted(object.path("kind").asString("")));
        } else {
            into.add(object);
        }
    }
}
