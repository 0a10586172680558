package io.kvorum.apimachinery.status;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A failure (or the success of a delete) as a client sees it: the wire's {@code Status} of v1.
 *
 * @param code the HTTP status
 * @param reason such as {@code NotFound}; empty when upstream gives none
 * @param details null when there are none
 */
public record ApiStatus(
        int code, String reason, String message, @Nullable Details details) {
    /** The answer to a delete that left nothing behind. */
    public static ApiStatus success(Details details) {
        return new ApiStatus(200, "", "", details);
    }

    public boolean isSuccess() {
        return code < 400;
    }

    /** The body of the answer, in upstream's order of fields. */
    public ObjectNode toJson() {
        ObjectNode status = Tree.object();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", isSuccess() ? "Success" : "Failure");
        putText(status, "message", message);
        putText(status, "reason", reason);
        if (details != null) {
            status.set("details", details.toJson());
        }
        if (!isSuccess()) {
            status.put("code", code);
        }
        return status;
    }

    private static void putText(ObjectNode object, String field, String text) {
        if (!text.isEmpty()) {
            object.put(field, text);
        }
    }

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

        ObjectNode toJson() {
            ObjectNode details = Tree.object();
            putText(details, "name", name);
            putText(details, "group", group);
            putText(details, "kind", kind);
            putText(details, "uid", uid);
            if (!causes.isEmpty()) {
                ArrayNode list = details.putArray("causes");
                causes.forEach(cause -> list.add(cause.toJson()));
            }
            if (retryAfterSeconds > 0) {
                details.put("retryAfterSeconds", retryAfterSeconds);
            }
            return details;
        }
    }

    /** @param reason such as {@code FieldValueRequired} */
    public record Cause(String reason, String message, String field) {
        ObjectNode toJson() {
            ObjectNode cause = Tree.object();
            putText(cause, "reason", reason);
            putText(cause, "message", message);
            putText(cause, "field", field);
            return cause;
        }
    }
}
