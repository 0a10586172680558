package io.kvorum.mvcc;

import io.kvorum.model.Revision;

/** What the machine can be told to do; replicas that are told the same do the same. */
public sealed interface Command {
    /** Runs a transaction. */
    record Transact(Operation.Txn txn) implements Command {}

    /** Forgets history before the revision. */
    record Compact(Revision revision) implements Command {}

    /** Creates a lease; its clock runs at the leader only. */
    record LeaseGrant(LeaseId id, long ttlSeconds) implements Command {}

    /** Ends a lease and deletes its keys in one revision, on a client's wish. */
    record LeaseRevoke(LeaseId id) implements Command {}

    /**
     * Ends a lease that the leader found expired, and deletes its keys in one revision; nothing happens to a lease that
     * was renewed since.
     *
     * @param renewals how many the leader knew of
     */
    record LeaseExpire(LeaseId id, long renewals) implements Command {}

    /** Notes how much of a lease is left, so that a new leader need not start it anew; 0 renews it. */
    record LeaseCheckpoint(LeaseId id, long remainingSeconds) implements Command {}

    /** Asks the leader to write down what is left of a lease; changes nothing itself. */
    record LeaseProbe(LeaseId id) implements Command {}

    /** Raises an alarm of a member, or ends it. */
    record ChangeAlarm(Alarm alarm, boolean isRaised) implements Command {}

    /** Tells or changes what a member is called and where it is reached. */
    record DescribeMember(MemberRecord member) implements Command {}

    /** Forgets what a member is called: it was removed. */
    record ForgetMember(long id) implements Command {}

    /** Changes who may do what. */
    record ChangeAuth(AuthChange change) implements Command {}

    /** A command whose caller was allowed it at a state of authentication; once that has changed, nothing happens. */
    record Authorized(long authRevision, Command command) implements Command {}
}
