package io.kvorum.node.config;

import java.nio.file.Path;

/**
 * When this server takes snapshots, and where it keeps them.
 *
 * @param isScheduled whether it takes any by itself
 * @param prefix first part of the names of scheduled ones
 * @param cron five fields in the system's time zone
 * @param retention how many of one prefix are kept
 * @param isForS3 whether they are copied to a bucket too
 * @param isOwnFolder whether the folder is the server's own, which is made when it is missing
 */
public record SnapshotSettings(
        boolean isScheduled,
        String prefix,
        String cron,
        int retention,
        Path folder,
        boolean isOwnFolder,
        boolean isCompressed,
        boolean isForS3,
        S3Options s3) {}
