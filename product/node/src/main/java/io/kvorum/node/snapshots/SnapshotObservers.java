package io.kvorum.node.snapshots;

import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.kvorum.snapshot.s3.BucketSnapshot;
import java.time.Duration;
import java.util.List;

/** Several observers as one. Any thread. */
public record SnapshotObservers(List<SnapshotObserver> all) implements SnapshotObserver {
    public SnapshotObservers {
        all = List.copyOf(all);
    }

    @Override
    public void saved(SavedSnapshot snapshot, Duration took) {
        all.forEach(each -> each.saved(snapshot, took));
    }

    @Override
    public void failed(FailedSnapshot failed, Duration took) {
        all.forEach(each -> each.failed(failed, took));
    }

    @Override
    public void uploaded(BucketSnapshot copy, Duration took) {
        all.forEach(each -> each.uploaded(copy, took));
    }

    @Override
    public void uploadFailed(FailedSnapshot failed, Duration took) {
        all.forEach(each -> each.uploadFailed(failed, took));
    }

    @Override
    public void deleted(SavedSnapshot snapshot) {
        all.forEach(each -> each.deleted(snapshot));
    }

    @Override
    public void deleted(BucketSnapshot copy) {
        all.forEach(each -> each.deleted(copy));
    }
}
