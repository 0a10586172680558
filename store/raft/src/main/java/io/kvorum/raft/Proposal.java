package io.kvorum.raft;

import io.kvorum.model.Bytes;

/** An entry on its way into the log. Whether it was committed is learnt by seeing it applied, or by {@link #refused}. */
public interface Proposal {
    Bytes entry();

    /** Called at most once, on a thread of the log, when the entry surely or possibly will not be committed; must not block. */
    void refused(Refusal refusal);

    /** Why an entry was not taken. */
    sealed interface Refusal {
        /** It surely was not committed: there is no leader to take it. */
        record NoLeader() implements Refusal {}

        /** It surely was not committed: too much is under way; try again later. */
        record Busy() implements Refusal {}

        /** It may or may not be committed later: leadership changed or the connection broke while it was under way. */
        record Unknown(String reason) implements Refusal {}

        /** It surely was not committed: the log is stopped or broken. */
        record Stopped(String reason) implements Refusal {}
    }
}
