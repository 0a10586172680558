package io.kvorum.snapshot.catalogue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A snapshot on this server's disk. A value.
 *
 * @param sizeBytes of the file as it is
 * @param particulars empty for a file that was not saved here
 */
public record SavedSnapshot(
        SnapshotName name, Path file, long sizeBytes, Instant createdAt, Optional<Particulars> particulars)
        implements NamedSnapshot {
    /** As K3s writes it. */
    public String location() {
        return "file://" + file.toAbsolutePath();
    }
}
