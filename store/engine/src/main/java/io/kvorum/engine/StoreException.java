package io.kvorum.engine;

import io.kvorum.model.Revision;
import io.kvorum.mvcc.AuthProblem;
import java.time.Duration;
import java.time.Instant;

/** The store did not do what was asked; each kind says whether anything changed and what can be done. */
public abstract sealed class StoreException extends RuntimeException {
    private StoreException(String message) {
        super(message);
    }

    /** The revision asked for has been compacted; history begins behind {@link #compacted()}. */
    public static final class Compacted extends StoreException {
        private final Revision compacted;

        public Compacted(Revision compacted) {
            super("revision is compacted; history begins behind " + compacted);
            this.compacted = compacted;
        }

        public Revision compacted() {
            return compacted;
        }
    }

    /** The revision asked for is not there yet. */
    public static final class FutureRevision extends StoreException {
        public FutureRevision(Revision asked, Revision newest) {
            super("revision " + asked + " is in the future; the newest is " + newest);
        }
    }

    /** There is no quorum: nothing was written, and serializable reads go on. */
    public static final class NoQuorum extends StoreException {
        private final Instant since;

        public NoQuorum(Instant since) {
            super("no quorum of members since " + since + "; writes are refused until another member is back");
            this.since = since;
        }

        public Instant since() {
            return since;
        }
    }

    /** The write may or may not have happened; read to find out. */
    public static final class OutcomeUnknown extends StoreException {
        public OutcomeUnknown(String reason) {
            super("the write may or may not have happened: " + reason);
        }
    }

    /** No answer in time; a write may or may not have happened. */
    public static final class TimedOut extends StoreException {
        public TimedOut(String act, Duration limit) {
            super(act + " took longer than " + limit);
        }
    }

    /** Too much is under way; nothing was written. */
    public static final class Busy extends StoreException {
        public Busy() {
            super("too many requests under way; try again");
        }
    }

    /** The quota is reached; only deletes and compaction are taken. */
    public static final class Full extends StoreException {
        public Full(long usedBytes, long quotaBytes) {
            super("database space exceeded: %d of %d bytes; delete, compact and defragment"
                    .formatted(usedBytes, quotaBytes));
        }
    }

    /** The request is larger than the limit. */
    public static final class TooLarge extends StoreException {
        public TooLarge(long bytes, long limitBytes) {
            super("request is too large: %d bytes, limit %d".formatted(bytes, limitBytes));
        }
    }

    /** The transaction is malformed, for example writes a key twice. */
    public static final class Invalid extends StoreException {
        public Invalid(String message) {
            super(message);
        }
    }

    /** The leader that asked is not the leader any more; nothing was written. */
    public static final class Deposed extends StoreException {
        public Deposed(Fence fence, long term) {
            super("term %d is over, the store is in term %d".formatted(fence.term(), term));
        }
    }

    /** There is no such lease. */
    public static final class LeaseNotFound extends StoreException {
        public LeaseNotFound() {
            super("requested lease not found");
        }
    }

    /** A lease of that id is there already. */
    public static final class LeaseExists extends StoreException {
        public LeaseExists() {
            super("lease already exists");
        }
    }

    /** An alarm says that the members' states differ; keys are not served until an operator has mended that. */
    public static final class Corrupt extends StoreException {
        public Corrupt() {
            super("corrupt cluster");
        }
    }

    /** Users, roles or permissions stand against it. */
    public static final class AuthRefused extends StoreException {
        private final AuthProblem problem;

        public AuthRefused(AuthProblem problem) {
            super("refused: " + problem);
            this.problem = problem;
        }

        public AuthProblem problem() {
            return problem;
        }
    }

    /** The cluster's membership was not changed. */
    public static final class MembersRefused extends StoreException {
        private final Reason reason;

        public MembersRefused(Reason reason, String message) {
            super(message);
            this.reason = reason;
        }

        public Reason reason() {
            return reason;
        }

        /** What stood against it. */
        public enum Reason {
            NOT_FOUND,
            BAD_ADDRESS,
            ADDRESS_TAKEN,
            NOT_A_LEARNER,
            LEARNER_NOT_READY,
            BAD_SUCCESSOR,
            NOT_LEADER,
            UNAVAILABLE
        }
    }

    /** Something else that takes long is under way; ask again later. */
    public static final class Occupied extends StoreException {
        public Occupied(String why) {
            super(why);
        }
    }

    /** The store is stopped or broken. */
    public static final class Stopped extends StoreException {
        public Stopped(String reason) {
            super("the store does not serve: " + reason);
        }
    }
}
