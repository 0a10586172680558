package io.kvorum.node.snapshots;

import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.kvorum.snapshot.s3.BucketSnapshot;
import java.time.Duration;

/** Hears what became of snapshots; called by the thread that saves, and must neither fail nor wait. */
public interface SnapshotObserver {
    void saved(SavedSnapshot snapshot, Duration took);

    /** @param failed what should have become a snapshot */
    void failed(FailedSnapshot failed, Duration took);

    void uploaded(BucketSnapshot copy, Duration took);

    void uploadFailed(FailedSnapshot failed, Duration took);

    void deleted(SavedSnapshot snapshot);

    void deleted(BucketSnapshot copy);
}
