package io.kvorum.registry;

import io.kvorum.registry.cache.StoredObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** @param staleSince since when this replica may have missed changes; null when it has not */
public record Found(StoredObject object, @Nullable Instant staleSince) {}
