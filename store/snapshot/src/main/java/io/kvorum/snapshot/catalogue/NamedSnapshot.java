package io.kvorum.snapshot.catalogue;

import java.time.Instant;

/** A snapshot wherever it is kept, as people tell it from others. */
public interface NamedSnapshot {
    SnapshotName name();

    Instant createdAt();
}
