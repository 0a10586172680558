package io.kvorum.snapshot.bbolt;

import java.io.IOException;
import java.nio.file.Path;

/** The disk refused an act on a snapshot's file: it is missing, forbidden, full or failing. Immutable. */
public final class SnapshotInaccessible extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;

    /** @param attempt what was attempted, as a verb: "read", "write" */
    public SnapshotInaccessible(Path file, String attempt, IOException cause) {
        super(
                "could not %s snapshot %s: %s; look at the file's permissions and the free space of its disk"
                        .formatted(attempt, file, cause),
                cause);
        this.file = file;
    }

    public Path file() {
        return file;
    }
}
