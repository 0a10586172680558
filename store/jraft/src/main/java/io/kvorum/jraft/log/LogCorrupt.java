package io.kvorum.jraft.log;

import java.nio.file.Path;

/** The log's files hold what no crash can explain: going on could lose acknowledged entries, so the member must not start. */
public final class LogCorrupt extends RuntimeException {
    private final Path file;
    private final long offset;

    LogCorrupt(Path file, long offset, String found) {
        super(("the log file %s is corrupt at byte %d: %s. Entries that were acknowledged are damaged, so this member"
                        + " does not start. Check the disk; then either remove this member from the cluster and join it"
                        + " again with an empty data folder, or restore a snapshot.")
                .formatted(file, offset, found));
        this.file = file;
        this.offset = offset;
    }

    public Path file() {
        return file;
    }

    public long offset() {
        return offset;
    }
}
