package io.kvorum.snapshot.catalogue;

/** Hears how far a save is; called by the thread that saves, often, and must not block. */
@FunctionalInterface
public interface SaveProgress {
    /** @param done entries in this step; bytes when compressing and uploading */
    void reached(Step step, long done);

    /** What is under way. */
    enum Step {
        WRITING,
        VERIFYING,
        COMPRESSING,
        UPLOADING
    }
}
