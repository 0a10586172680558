package io.kvorum.engine;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the embedded store runs.
 *
 * @param dataFolder holds everything of the store but the log; made if missing
 * @param quotaBytes most the data may take; writes are then refused until something is deleted and compacted
 * @param maxRequestBytes most a write may take
 * @param requestDeadline how long a write or a linearizable read may take
 * @param maxWaitingRequests most writes under way at once
 * @param maxWaitingBytes most bytes of writes under way at once
 * @param maxViews most reads of the disk at once
 * @param historyBytes memory for recent events, from which watchers are fed
 * @param autoCompaction what the leader compacts by itself
 */
public record EngineConfig(
        Path dataFolder,
        long quotaBytes,
        long maxRequestBytes,
        Duration requestDeadline,
        int maxWaitingRequests,
        long maxWaitingBytes,
        int maxViews,
        long historyBytes,
        AutoCompaction autoCompaction) {
    private static final long MIB = 1 << 20;

    /** etcd's quota and request size; etcd waits 5 s and two elections, which is 10 s with slow disks in mind. */
    public static EngineConfig in(Path dataFolder) {
        return new EngineConfig(
                dataFolder,
                2048 * MIB,
                3 * MIB / 2,
                Duration.ofSeconds(10),
                5000,
                64 * MIB,
                64,
                32 * MIB,
                AutoCompaction.NONE);
    }

    public EngineConfig withQuotaBytes(long bytes) {
        return new EngineConfig(
                dataFolder,
                bytes,
                maxRequestBytes,
                requestDeadline,
                maxWaitingRequests,
                maxWaitingBytes,
                maxViews,
                historyBytes,
                autoCompaction);
    }

    public EngineConfig withRequestDeadline(Duration deadline) {
        return new EngineConfig(
                dataFolder,
                quotaBytes,
                maxRequestBytes,
                deadline,
                maxWaitingRequests,
                maxWaitingBytes,
                maxViews,
                historyBytes,
                autoCompaction);
    }

    public EngineConfig withHistoryBytes(long bytes) {
        return new EngineConfig(
                dataFolder,
                quotaBytes,
                maxRequestBytes,
                requestDeadline,
                maxWaitingRequests,
                maxWaitingBytes,
                maxViews,
                bytes,
                autoCompaction);
    }

    public EngineConfig withAutoCompaction(AutoCompaction compaction) {
        return new EngineConfig(
                dataFolder,
                quotaBytes,
                maxRequestBytes,
                requestDeadline,
                maxWaitingRequests,
                maxWaitingBytes,
                maxViews,
                historyBytes,
                compaction);
    }
}
