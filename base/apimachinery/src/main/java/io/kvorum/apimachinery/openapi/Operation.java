package io.kvorum.apimachinery.openapi;

import io.kvorum.apimachinery.type.GroupVersionKind;
import java.util.List;

/**
 * One method of one path.
 *
 * @param method in small letters
 * @param action as in x-kubernetes-action
 * @param requestSchema the body's schema, empty for none
 * @param responseSchema the answer's schema, empty for a stream or text
 */
record Operation(
        String method,
        String action,
        String id,
        GroupVersionKind kind,
        List<Parameter> parameters,
        String requestSchema,
        String responseSchema) {
    boolean isPatch() {
        return action.equals("patch");
    }

    boolean isList() {
        return action.equals("list");
    }
}
