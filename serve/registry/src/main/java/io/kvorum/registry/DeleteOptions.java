package io.kvorum.registry;

import org.jspecify.annotations.Nullable;

/**
 * How to delete, as the wire's {@code DeleteOptions} says.
 *
 * @param graceSeconds null for the kind's own
 * @param propagation Orphan, Background or Foreground; empty for the kind's own
 * @param uid the object must have it; empty for any
 * @param resourceVersion the object must stand at it; empty for any
 */
public record DeleteOptions(@Nullable Long graceSeconds, String propagation, String uid, String resourceVersion) {
    public static final DeleteOptions PLAIN = new DeleteOptions(null, "", "", "");
}
