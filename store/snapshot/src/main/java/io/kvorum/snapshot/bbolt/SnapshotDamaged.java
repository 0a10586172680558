package io.kvorum.snapshot.bbolt;

import java.nio.file.Path;

/** The content of a snapshot is not what it must be; says where in the file. Immutable. */
public final class SnapshotDamaged extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final long fromByte;
    private final long toByte;
    private final String what;

    /** @param toByte the first byte behind the damaged stretch */
    public SnapshotDamaged(Path file, long fromByte, long toByte, String what) {
        super("snapshot %s is damaged in bytes %d to %d: %s; copy it again or pick another"
                .formatted(file, fromByte, toByte, what));
        this.file = file;
        this.fromByte = fromByte;
        this.toByte = toByte;
        this.what = what;
    }

    public Path file() {
        return file;
    }

    public long fromByte() {
        return fromByte;
    }

    public long toByte() {
        return toByte;
    }

    public String what() {
        return what;
    }
}
