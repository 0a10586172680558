package io.kvorum.node.snapshots;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What somebody asks for when a snapshot is to be saved; what is empty is as the server's settings say. A value.
 *
 * @param prefix first part of its name
 * @param retention how many of that prefix are kept afterwards
 */
public record SnapshotWish(
        String prefix,
        Optional<Path> folder,
        Optional<Boolean> isCompressed,
        Optional<Integer> retention,
        BucketWish bucket) {}
