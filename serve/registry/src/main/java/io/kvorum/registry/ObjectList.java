package io.kvorum.registry;

import io.kvorum.model.Revision;
import io.kvorum.registry.cache.StoredObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list as of one revision.
 *
 * @param continuation token of the next page; empty when this is the last
 * @param remaining how many objects are on the pages to come; null when unknown
 * @param staleSince since when this replica may have missed changes; null when it has not
 */
public record ObjectList(
        List<StoredObject> items,
        Revision revision,
        String continuation,
        @Nullable Long remaining,
        @Nullable Instant staleSince) {}
