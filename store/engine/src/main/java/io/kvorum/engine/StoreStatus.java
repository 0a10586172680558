package io.kvorum.engine;

import io.kvorum.model.Revision;
import io.kvorum.raft.Leadership;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the store is.
 *
 * @param quorumLostAt null while there is a quorum
 * @param lastContact when this replica last knew that it was up to date
 */
public record StoreStatus(
        Revision revision,
        Revision compacted,
        Leadership leadership,
        long appliedIndex,
        long sizeBytes,
        long sizeInUseBytes,
        @Nullable Instant quorumLostAt,
        Instant lastContact) {}
