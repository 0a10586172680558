package io.kvorum.simulation;

import io.kvorum.model.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the log.
 *
 * @param payload empty for what only the log itself cares for
 * @param membership the membership from this entry on; null when it does not change
 */
record LogEntry(long term, Bytes payload, @Nullable Membership membership) {}
