package io.kvorum.snapshot.s3;

import io.kvorum.snapshot.catalogue.NamedSnapshot;
import io.kvorum.snapshot.catalogue.SnapshotName;
import java.time.Instant;

/**
 * A snapshot in a bucket. A value.
 *
 * @param location as K3s writes it: {@code s3://bucket/folder/name}
 */
public record BucketSnapshot(SnapshotName name, String location, long sizeBytes, Instant createdAt)
        implements NamedSnapshot {}
