package io.kvorum.apimachinery.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failure (or the success of a delete) as a client sees it: the wire's {@code Status} of v1.
 *
 * @param code the HTTP status
 * @param reason such as {@code NotFound}; empty when upstream gives none
 * @param details null when there are none
 */
public record ApiStatus(
        int code, String reason, String message, @Nullable Details details) {
    /**
     * What it is about.
     *
     * @param kind the resource or kind, as upstream fills it
     * @param retryAfterSeconds 0 for none
     */
    public record Details(
            String name, String group, String kind, String uid, List<Cause> causes, int retryAfterSeconds) {
        public Details {
            causes = List.copyOf(causes);
        }
    }

    /** @param reason such as {@code FieldValueRequired} */
    public record Cause(String reason, String message, String field) {}
}
