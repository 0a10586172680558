package io.kvorum.apimachinery.patch;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.tree.Tree;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the {@code $patch} field of an object in a strategic merge patch orders. */
enum Directive {
    MERGE,
    REPLACE,
    DELETE;

    static final String FIELD = "$patch";
    static final String RETAIN_KEYS = "$retainKeys";
    static final String SET_ELEMENT_ORDER = "$setElementOrder/";
    static final String DELETE_FROM_PRIMITIVE_LIST = "$deleteFromPrimitiveList/";

    /** Merge where there is none. */
    static Directive of(JsonNode patch) {
        if (!(patch instanceof ObjectNode object) || !object.has(FIELD)) {
            return MERGE;
        }
        return switch (Tree.text(object, FIELD)) {
            case "merge" -> MERGE;
            case "replace" -> REPLACE;
            case "delete" -> DELETE;
            default ->
                throw ApiException.badRequest("unknown patch type: %s in map: %s"
                        .formatted(object.get(FIELD).asString(""), object));
        };
    }

    /** Whether the element is an order to delete or replace, not an element. */
    static boolean isPresent(JsonNode patch) {
        return of(patch) != MERGE;
    }
}
