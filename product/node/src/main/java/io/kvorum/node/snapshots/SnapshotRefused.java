package io.kvorum.node.snapshots;

/** Something about snapshots cannot be done as asked; its message says why and what to do. Immutable. */
public final class SnapshotRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SnapshotRefused(String message) {
        super(message);
    }

    public SnapshotRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
