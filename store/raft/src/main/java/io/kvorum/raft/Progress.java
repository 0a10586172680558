package io.kvorum.raft;

/**
 * How far a member has come.
 *
 * @param lastIndex the last entry in its log
 * @param appliedIndex the last entry its state holds
 * @param missing how many of the entries the leader knows to be acknowledged its log lacks
 */
public record Progress(long lastIndex, long appliedIndex, long missing) {
    /** A learner may get its vote when it lacks at most this much: what a leader sends in a moment. */
    public static final long CAUGHT_UP_ENTRIES = 1000;

    public boolean isCaughtUp() {
        return missing <= CAUGHT_UP_ENTRIES;
    }
}
