package io.kvorum.registry;

import io.kvorum.registry.cache.StoredObject;

/**
 * What a delete did.
 *
 * @param object its last state, or its state while it waits
 * @param isGone false while finalizers or a grace period hold it
 */
public record Deleted(StoredObject object, boolean isGone) {}
