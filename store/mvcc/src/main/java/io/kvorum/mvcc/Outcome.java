package io.kvorum.mvcc;

import io.kvorum.model.Revision;

/** How a command ended. */
public sealed interface Outcome {
    record Transacted(Answer.OfTxn answer) implements Outcome {}

    record Compacted() implements Outcome {}

    record LeaseGranted(Lease lease) implements Outcome {}

    record LeaseRevoked() implements Outcome {}

    /** It had expired, but was renewed before its end. */
    record LeaseKept() implements Outcome {}

    record LeaseCheckpointed() implements Outcome {}

    /** An alarm, a member or authentication was changed, or was so already. */
    record Changed() implements Outcome {}

    /** Nothing was changed. */
    sealed interface Refused extends Outcome {}

    record RevisionCompacted(Revision compacted) implements Refused {}

    record RevisionInFuture(Revision asked, Revision newest) implements Refused {}

    record LeaseMissing(LeaseId id) implements Refused {}

    record LeaseExists(LeaseId id) implements Refused {}

    record Malformed(String reason) implements Refused {}

    /** An alarm says that a member has no room. */
    record NoSpace() implements Refused {}

    /** An alarm says that the members differ. */
    record Corrupt() implements Refused {}

    record AuthRefused(AuthProblem problem) implements Refused {}
}
