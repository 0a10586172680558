package io.kvorum.raft;

import io.kvorum.model.Bytes;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * An ordered log of entries that all members agree on. Any thread may call it; what it says comes back through the
 * {@link StateMachine} given at the start.
 */
public interface ReplicatedLog extends AutoCloseable {
    /** Starts and returns; entries behind {@link StateMachine#applied()} are handed over again. */
    void start(StateMachine machine);

    MemberId self();

    Leadership leadership();

    /** Hands in an entry at any member (a follower passes it on). Returns at once. */
    void propose(Proposal proposal);

    /**
     * Blocks until it is known which index every earlier acknowledged entry is at or below.
     *
     * @return the index that must be applied before a linearizable read may be answered
     * @throws LogUnavailable when there is no leader with a quorum before the deadline
     */
    long readBarrier(Duration deadline);

    List<Member> members();

    /*
     * Changes of the members may be asked of any member, which hands them on to the leader. They wait for each other,
     * and each may be repeated after any failure: what is so already is no error. They throw IllegalArgumentException
     * for what can never be, and LogUnavailable for what could not be in time.
     */

    /** Adds a member without a vote; blocks until the change is committed. */
    void addLearner(Member learner, Duration deadline);

    /** Gives a learner its vote; refuses one that has not caught up. */
    void promote(MemberId learner, Duration deadline);

    /** Removes a member; one that is not there is no error. */
    void remove(MemberId member, Duration deadline);

    /** Notes where a member is reached from now on; who it is stays. */
    default void update(MemberId member, InetSocketAddress peerAddress, Duration deadline) {
        throw new LogUnavailable("this log's members do not move");
    }

    /**
     * How far a member is, as the leader sees it.
     *
     * @throws LogUnavailable when there is no leader, or the member does not answer
     */
    default Progress progress(MemberId member, Duration deadline) {
        throw new LogUnavailable("this log does not know how far its members are");
    }

    /** Blocks until a member may be promoted; meanwhile it need not even run. */
    default void awaitCaughtUp(MemberId member, Duration deadline) {
        throw new LogUnavailable("this log does not know how far its members are");
    }

    /** Hands leadership to another voter and waits until it has it. Leader only. */
    void transferLeadership(MemberId to, Duration deadline);

    /** The log's disaster recovery: makes this member the only voter, whatever the others say. */
    void resetToSelf(Duration deadline);

    /**
     * As {@link #resetToSelf(Duration)}, and what this member leads from then on is another cluster: the others, should
     * they come back, are refused and must join anew.
     */
    default void resetToSelf(long newClusterId, Duration deadline) {
        resetToSelf(deadline);
    }

    /**
     * Asks another member's {@link #answerWith}.
     *
     * @throws LogUnavailable when it does not answer
     */
    default Bytes ask(MemberId member, Bytes question, Duration deadline) {
        throw new LogUnavailable("this log's members answer no questions");
    }

    /** How this member answers what others {@link #ask}; set before the start. It may block for a while. */
    default void answerWith(UnaryOperator<Bytes> answering) {
        // Nobody asks.
    }

    /** What hampers this member and an operator has to mend, such as a full disk; empty while all is well. */
    default Optional<String> trouble() {
        return Optional.empty();
    }

    /** How long members wait in silence before they elect another leader; nobody can renew anything meanwhile. */
    default Duration electionTimeout() {
        return Duration.ofSeconds(1);
    }

    /** How long this member's log waited for its disk. */
    default Durations syncs() {
        return Durations.ofDisk();
    }

    /** How long each other member took to answer, by what it is asked most often. */
    default Map<MemberId, Durations> roundTrips() {
        return Map.of();
    }

    /** Asks for a snapshot of the state machine, so that the log before it can be cut off. */
    void requestSnapshot();

    @Override
    void close();
}
