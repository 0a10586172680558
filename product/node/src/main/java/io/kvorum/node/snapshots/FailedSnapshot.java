package io.kvorum.node.snapshots;

import java.time.Instant;

/**
 * What should have become a snapshot, or a copy of one in a bucket. A value.
 *
 * @param name of the snapshot, which may not have come to be
 */
public record FailedSnapshot(String name, Instant at, String reason) {}
