package io.kvorum.apimachinery.status;

import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.status.ApiStatus.Details;
import io.kvorum.apimachinery.type.GroupVersionResource;
import java.util.List;

/** A request that fails with a {@link ApiStatus}; made by the named methods, whose texts are upstream's. */
public final class ApiException extends RuntimeException {
    private final transient ApiStatus status;

    public ApiException(ApiStatus status) {
        super(status.message());
        this.status = status;
    }

    public ApiStatus status() {
        return status;
    }

    public static ApiException notFound(GroupVersionResource resource, String name) {
        return about(404, "NotFound", "%s \"%s\" not found".formatted(resource.qualified(), name), resource, name);
    }

    public static ApiException alreadyExists(GroupVersionResource resource, String name) {
        return about(
                409, "AlreadyExists", "%s \"%s\" already exists".formatted(resource.qualified(), name), resource, name);
    }

    public static ApiException conflict(GroupVersionResource resource, String name, String why) {
        return about(
                409,
                "Conflict",
                "Operation cannot be fulfilled on %s \"%s\": %s".formatted(resource.qualified(), name, why),
                resource,
                name);
    }

    public static ApiException forbidden(GroupVersionResource resource, String name, String why) {
        String what = name.isEmpty() ? resource.qualified() : "%s \"%s\"".formatted(resource.qualified(), name);
        return about(403, "Forbidden", "%s is forbidden: %s".formatted(what, why), resource, name);
    }

    /** The object breaks rules; each cause names a field. */
    public static ApiException invalid(String kind, String group, String name, List<Cause> causes) {
        List<String> texts = causes.stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .toList();
        String text = texts.size() == 1 ? texts.getFirst() : "[" + String.join(", ", texts) + "]";
        String qualified = group.isEmpty() ? kind : kind + "." + group;
        return new ApiException(new ApiStatus(
                422,
                "Invalid",
                "%s \"%s\" is invalid: %s".formatted(qualified, name, text),
                new Details(name, group, kind, "", causes, 0)));
    }

    public static ApiException badRequest(String message) {
        return plain(400, "BadRequest", message);
    }

    /** What upstream answers to a patch that does not fit its object: 422 without saying more. */
    public static ApiException unprocessable() {
        return plain(422, "Invalid", "the server rejected our request due to an error in our request");
    }

    public static ApiException unauthorized() {
        return plain(401, "Unauthorized", "Unauthorized");
    }

    public static ApiException methodNotAllowed(String verb, GroupVersionResource resource) {
        return about(
                405,
                "MethodNotAllowed",
                "%s is not supported on resources of kind \"%s\"".formatted(verb, resource.qualified()),
                resource,
                "");
    }

    public static ApiException notAcceptable(String message) {
        return plain(406, "NotAcceptable", message);
    }

    public static ApiException unsupportedMediaType(String message) {
        return plain(415, "UnsupportedMediaType", message);
    }

    public static ApiException expired(String message) {
        return plain(410, "Expired", message);
    }

    public static ApiException tooLarge(String message) {
        return plain(413, "RequestEntityTooLarge", message);
    }

    /** A body beyond the limit of the door. */
    public static ApiException bodyTooLarge(long limitBytes) {
        return tooLarge("Request entity too large: limit is " + limitBytes);
    }

    public static ApiException tooManyRequests(String message, int retryAfterSeconds) {
        return retry(429, "TooManyRequests", message, retryAfterSeconds);
    }

    public static ApiException unavailable(String message, int retryAfterSeconds) {
        return retry(503, "ServiceUnavailable", message, retryAfterSeconds);
    }

    public static ApiException timeout(String message, int retryAfterSeconds) {
        return retry(504, "Timeout", message, retryAfterSeconds);
    }

    public static ApiException internal(String message) {
        return plain(500, "InternalError", "Internal error occurred: " + message);
    }

    private static ApiException plain(int code, String reason, String message) {
        return new ApiException(new ApiStatus(code, reason, message, null));
    }

    private static ApiException retry(int code, String reason, String message, int seconds) {
        return new ApiException(new ApiStatus(code, reason, message, new Details("", "", "", "", List.of(), seconds)));
    }

    private static ApiException about(
            int code, String reason, String message, GroupVersionResource resource, String name) {
        return new ApiException(new ApiStatus(
                code, reason, message, new Details(name, resource.group(), resource.resource(), "", List.of(), 0)));
    }
}
