package io.kvorum.node.snapshots;

import io.kvorum.node.config.S3Options;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a bucket is to be used beside the disk. A value.
 *
 * @param isWanted empty for what the server's settings say
 * @param options what differs from the server's
 */
public record BucketWish(Optional<Boolean> isWanted, S3Options options) {
    /** As the server's settings say. */
    public static final BucketWish AS_SET = new BucketWish(Optional.empty(), S3Options.of(Map.of()));
}
