package io.kvorum.apimachinery.patch;

import java.util.Comparator;
import tools.jackson.databind.JsonNode;

/** Equality of JSON values: 1 and 1.0 are the same number however they were read. */
public final class SameValue {
    private static final Comparator<JsonNode> BY_VALUE = (a, b) -> {
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue());
        }
        return a.equals(b) ? 0 : 1;
    };

    private SameValue() {}

    public static boolean of(JsonNode a, JsonNode b) {
        return a.equals(BY_VALUE, b);
    }
}
