package io.kvorum.apimachinery.patch;

import io.kvorum.apimachinery.patch.Pointer.NotThere;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** RFC 6902: a list of operations, all or nothing. */
public final class JsonPatch implements Patch {
    private static final int MAX_OPERATIONS = 10_000;
    // Copies of copies grow exponentially; upstream bounds what they may add as well.
    private static final int MAX_COPIED_NODES = 1_000_000;

    private sealed interface Operation {
        record Add(Pointer path, JsonNode value) implements Operation {}

        record Remove(Pointer path) implements Operation {}

        record Replace(Pointer path, JsonNode value) implements Operation {}

        record Move(Pointer from, Pointer path) implements Operation {}

        record Copy(Pointer from, Pointer path) implements Operation {}

        record Test(Pointer path, JsonNode value) implements Operation {}
    }

    private final JsonNode document;
    private final List<Operation> operations;

    private JsonPatch(JsonNode document, List<Operation> operations) {
        this.document = document;
        this.operations = List.copyOf(operations);
    }

    /** @throws ApiException 400 when it is no list of operations, 413 when it has too many */
    public static JsonPatch of(JsonNode document) {
        if (!(document instanceof ArrayNode list)) {
            throw ApiException.badRequest(
                    "error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        }
        if (list.size() > MAX_OPERATIONS) {
            throw ApiException.tooLarge(
                    "Request entity too large: The allowed maximum operations in a JSON patch is %d, got %d"
                            .formatted(MAX_OPERATIONS, list.size()));
        }
        List<Operation> operations = new ArrayList<>();
        list.forEach(item -> operations.add(operation(item)));
        return new JsonPatch(document, operations);
    }

    private static Operation operation(JsonNode item) {
        String name = Tree.text(item, "op");
        Pointer path = pointer(item, "path");
        return switch (name) {
            case "add" -> new Operation.Add(path, value(item));
            case "replace" -> new Operation.Replace(path, value(item));
            case "test" -> new Operation.Test(path, item.path("value"));
            case "remove" -> new Operation.Remove(path);
            case "move" -> new Operation.Move(pointer(item, "from"), path);
            case "copy" -> new Operation.Copy(pointer(item, "from"), path);
            default -> throw ApiException.badRequest("Unexpected kind: " + name);
        };
    }

    private static Pointer pointer(JsonNode item, String field) {
        if (!item.path(field).isString()) {
            throw ApiException.badRequest("error decoding patch: operation has no \"%s\"".formatted(field));
        }
        try {
            return Pointer.parse(item.path(field).stringValue());
        } catch (NotThere e) {
            throw ApiException.badRequest("error decoding patch: " + e.getMessage());
        }
    }

    private static JsonNode value(JsonNode item) {
        if (!item.has("value")) {
            throw ApiException.badRequest("error decoding patch: operation has no \"value\"");
        }
        return item.get("value");
    }

    @Override
    public JsonNode document() {
        return document;
    }

    @Override
    public ObjectNode applyTo(ObjectNode current) {
        JsonNode root = current.deepCopy();
        int copied = 0;
        try {
            for (Operation operation : operations) {
                if (operation instanceof Operation.Copy copy) {
                    copied += size(copy.from().find(root));
                    if (copied > MAX_COPIED_NODES) {
                        throw new NotThere("the copies of this patch are too large");
                    }
                }
                root = apply(operation, root);
            }
        } catch (NotThere e) {
            throw ApiException.unprocessable();
        }
        if (root instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.unprocessable();
    }

    private static int size(JsonNode node) {
        int size = 1;
        for (JsonNode child : node) {
            size += size(child);
        }
        return size;
    }

    private static JsonNode apply(Operation operation, JsonNode root) {
        return switch (operation) {
            case Operation.Add(Pointer path, JsonNode value) -> path.add(root, value.deepCopy());
            case Operation.Remove(Pointer path) -> {
                path.remove(root);
                yield root;
            }
            case Operation.Replace(Pointer path, JsonNode value) -> path.replace(root, value.deepCopy());
            case Operation.Copy(Pointer from, Pointer path) ->
                path.add(root, from.find(root).deepCopy());
            case Operation.Move(Pointer from, Pointer path) -> path.add(root, from.remove(root));
            case Operation.Test(Pointer path, JsonNode value) -> {
                test(path, value, root);
                yield root;
            }
        };
    }

    /** A test for null also holds where there is nothing, as upstream's library sees it. */
    private static void test(Pointer path, JsonNode expected, JsonNode root) {
        boolean expectsNothing = expected.isNull() || expected.isMissingNode();
        JsonNode found;
        try {
            found = path.find(root);
        } catch (NotThere e) {
            if (expectsNothing) {
                return;
            }
            throw e;
        }
        if (!(expectsNothing && found.isNull()) && !SameValue.of(found, expected)) {
            throw new NotThere("testing value " + path + " failed");
        }
    }
}
