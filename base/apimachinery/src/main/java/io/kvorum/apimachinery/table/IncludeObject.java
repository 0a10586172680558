package io.kvorum.apimachinery.table;

import io.kvorum.apimachinery.status.ApiException;

/** How much of each object goes along with its row: the parameter {@code includeObject}. */
public enum IncludeObject {
    NONE,
    METADATA,
    OBJECT;

    /** @throws ApiException 400 for an unknown value */
    public static IncludeObject parse(String parameter) {
        return switch (parameter) {
            case "", "Metadata" -> METADATA;
            case "None" -> NONE;
            case "Object" -> OBJECT;
            default -> throw ApiException.badRequest("unrecognized includeObject value: \"%s\"".formatted(parameter));
        };
    }
}
