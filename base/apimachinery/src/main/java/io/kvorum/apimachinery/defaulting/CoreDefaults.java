package io.kvorum.apimachinery.defaulting;

import static io.kvorum.apimachinery.tree.Tree.ensureObject;
import static io.kvorum.apimachinery.tree.Tree.fill;
import static io.kvorum.apimachinery.tree.Tree.objectAt;
import static io.kvorum.apimachinery.tree.Tree.objects;

import io.kvorum.apimachinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Namespaces, nodes, secrets, limits and priorities. */
final class CoreDefaults {
    private CoreDefaults() {}

    /** Its name as a label, so that selectors of namespaces can name one. */
    static void namespace(ObjectNode namespace) {
        String name = Tree.text(namespace, "metadata", "name");
        if (!name.isEmpty()) {
            ensureObject(ensureObject(namespace, "metadata"), "labels").put("kubernetes.io/metadata.name", name);
        }
    }

    static void node(ObjectNode node) {
        objectAt(node, "status").ifPresent(status -> {
            JsonNode capacity = Tree.at(status, "capacity");
            if (!Tree.has(status, "allocatable") && capacity.isObject()) {
                status.set("allocatable", capacity.deepCopy());
            }
        });
    }

    /** Plain text that was given for convenience moves into the data; it is never shown again. */
    static void secret(ObjectNode secret) {
        fill(secret, "type", "Opaque");
        JsonNode plain = secret.remove("stringData");
        if (plain != null && plain.isObject() && !plain.isEmpty()) {
            ObjectNode data = ensureObject(secret, "data");
            plain.properties().forEach(entry -> data.put(entry.getKey(), encoded(entry.getValue())));
        }
    }

    private static String encoded(JsonNode text) {
        return Base64.getEncoder().encodeToString(text.stringValue("").getBytes(StandardCharsets.UTF_8));
    }

    /** A container's default limit is its maximum, its default request its default limit or its minimum. */
    static void limitRange(ObjectNode range) {
        for (ObjectNode limit : objects(range, "spec", "limits")) {
            if (Tree.text(limit, "type").equals("Container")) {
                fillFrom(limit, "default", "max");
                fillFrom(limit, "defaultRequest", "default");
                fillFrom(limit, "defaultRequest", "min");
            }
        }
    }

    private static void fillFrom(ObjectNode limit, String field, String source) {
        objectAt(limit, source).ifPresent(values -> {
            ObjectNode target = ensureObject(limit, field);
            values.properties().forEach(entry -> target.putIfAbsent(entry.getKey(), entry.getValue()));
        });
    }

    static void priorityClass(ObjectNode priorityClass) {
        fill(priorityClass, "preemptionPolicy", "PreemptLowerPriority");
    }
}
