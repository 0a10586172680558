package io.kvorum.apimachinery.patch;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.tree.Tree;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** RFC 7386: objects merge field by field, null removes, everything else replaces. */
public record MergePatch(JsonNode document) implements Patch {
    /** @throws ApiException 400 when the patch is not an object */
    public MergePatch {
        if (!document.isObject()) {
            throw ApiException.badRequest("Invalid JSON Patch");
        }
    }

    @Override
    public ObjectNode applyTo(ObjectNode current) {
        ObjectNode target = current.deepCopy();
        merge(target, (ObjectNode) document);
        return target;
    }

    private static void merge(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> entry : patch.properties()) {
            String field = entry.getKey();
            JsonNode value = entry.getValue();
            if (value.isNull()) {
                target.remove(field);
            } else if (value instanceof ObjectNode changes) {
                ObjectNode child = target.get(field) instanceof ObjectNode present ? present : Tree.object();
                merge(child, changes);
                target.set(field, child);
            } else {
                target.set(field, value.deepCopy());
            }
        }
    }
}
