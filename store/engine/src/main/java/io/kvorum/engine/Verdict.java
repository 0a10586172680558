package io.kvorum.engine;

import io.kvorum.mvcc.Applied;
import io.kvorum.raft.Proposal;

/** What became of a proposed entry, as the waiting caller learns it. */
sealed interface Verdict {
    record Done(Applied applied) implements Verdict {}

    /** It was committed in another term than its fence allows, and so did nothing. */
    record Deposed(long term) implements Verdict {}

    record Refused(Proposal.Refusal refusal) implements Verdict {}

    /** The store broke or stopped with the entry under way. */
    record Lost(String reason) implements Verdict {}
}
