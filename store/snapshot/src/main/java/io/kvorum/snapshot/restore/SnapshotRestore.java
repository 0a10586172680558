package io.kvorum.snapshot.restore;

import io.kvorum.engine.RestoredState;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Mvcc;
import io.kvorum.mvcc.RecordCodec;
import io.kvorum.mvcc.RevisionKey;
import io.kvorum.mvcc.Table;
import io.kvorum.raft.LogPosition;
import io.kvorum.snapshot.EtcdBucket;
import io.kvorum.snapshot.SnapshotFacts;
import io.kvorum.snapshot.SnapshotFile;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes what a snapshot holds into a new state: all records, leases, users and roles. Members and alarms stay behind,
 * for they belong to the old cluster. Stateless; any thread may call it.
 */
public final class SnapshotRestore {
    /**
     * So far the revision jumps, as etcd's own advice is: whoever saw revisions that were written after the snapshot
     * must not meet other content under them.
     */
    public static final long REVISION_JUMP = 1_000_000_000;

    /** Where a restored member's log begins: behind one entry, so that nobody can follow it from an empty state. */
    public static final LogPosition LOG_BEGIN = new LogPosition(1, 1);

    private SnapshotRestore() {}

    /**
     * Restores a snapshot into a folder in which there is no state yet.
     *
     * @param jump by how much the revision is raised, and all history before it counts as compacted; 0 leaves both
     * @return the revision of the new state
     * @throws SnapshotDamaged when the file is not whole; the folder holds a part then and is to be deleted
     */
    public static Revision into(Path dataFolder, Path snapshot, long jump) {
        try (SnapshotFile file = SnapshotFile.open(snapshot);
                RestoredState state = RestoredState.create(dataFolder, Files.size(snapshot))) {
            Revision newest = copyRecords(snapshot, file, state);
            copy(file, EtcdBucket.LEASE, Table.LEASES, state);
            copy(file, EtcdBucket.AUTH, Table.AUTH, state);
            copy(file, EtcdBucket.AUTH_USERS, Table.USERS, state);
            copy(file, EtcdBucket.AUTH_ROLES, Table.ROLES, state);
            SnapshotFacts facts = file.facts();
            Revision compacted = later(facts.scheduledCompaction(), facts.finishedCompaction());
            Revision reached = new Revision(later(newest, compacted).value() + jump);
            Mvcc.compactionFacts(jump == 0 ? compacted : reached, facts.finishedCompaction())
                    .forEach((key, value) -> state.put(Table.META, key, value));
            state.finish(LOG_BEGIN);
            return reached;
        } catch (IOException e) {
            throw new SnapshotInaccessible(snapshot, "read", e);
        }
    }

    private static Revision copyRecords(Path snapshot, SnapshotFile file, RestoredState state) throws IOException {
        long size = Files.size(snapshot);
        long[] newest = {1};
        file.scan(EtcdBucket.KEY, (key, record) -> {
            RevisionKey at = RevisionKey.parse(key);
            try {
                RecordCodec.decode(record);
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new SnapshotDamaged(
                        snapshot, 0, size, "the record of revision %d is senseless: %s".formatted(at.main(), e));
            }
            newest[0] = at.main();
            // Byte for byte: the members of two clusters restored from one file compare their hashes.
            state.put(Table.RECORDS, key, record);
        });
        return new Revision(newest[0]);
    }

    private static void copy(SnapshotFile file, EtcdBucket bucket, Table table, RestoredState state) {
        file.scan(bucket, (key, value) -> state.put(table, key, value));
    }

    private static Revision later(Revision one, Revision other) {
        return one.isBefore(other) ? other : one;
    }
}
