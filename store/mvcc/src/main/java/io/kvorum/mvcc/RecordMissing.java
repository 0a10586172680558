package io.kvorum.mvcc;

/** The index knows a revision whose record is not on disk: compacted under a reader's feet, or the file is damaged. */
public final class RecordMissing extends RuntimeException {
    RecordMissing(RevisionKey revision) {
        super("the record of revision %d.%d is not on disk; it was compacted meanwhile, or the file is damaged"
                .formatted(revision.main(), revision.sub()));
    }
}
