package io.kvorum.node.snapshots;

import io.kvorum.snapshot.catalogue.SavedSnapshot;
import java.time.Duration;

/** Hears what became of snapshots; called by the thread that saves, and must not fail. */
public interface SnapshotObserver {
    void saved(SavedSnapshot snapshot, Duration took);

    void failed(String name, String reason, Duration took);

    void deleted(SavedSnapshot snapshot);
}
