package io.kvorum.apiserver.authz;

/** Whether an access is allowed. Nothing is ever forbidden outright: what no rule allows is refused. */
public sealed interface Decision {
    /** @param reason which rule did it */
    record Allowed(String reason) implements Decision {}

    /** @param reason empty when there is no more to say than that no rule allows it */
    record Refused(String reason) implements Decision {}

    default boolean isAllowed() {
        return this instanceof Allowed;
    }
}
