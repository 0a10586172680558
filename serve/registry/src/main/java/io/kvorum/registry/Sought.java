package io.kvorum.registry;

import io.kvorum.registry.cache.StoredObject;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a look for an object found.
 *
 * @param object empty when there is none
 * @param staleSince since when this replica may have missed changes; null when it has not
 */
public record Sought(
        Optional<StoredObject> object, @Nullable Instant staleSince) {}
