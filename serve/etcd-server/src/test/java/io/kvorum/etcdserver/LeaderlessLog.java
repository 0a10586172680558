package io.kvorum.etcdserver;

import io.kvorum.raft.Leadership;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Proposal;
import io.kvorum.raft.ReplicatedLog;
import io.kvorum.raft.SingleMemberLog;
import io.kvorum.raft.StateMachine;
import java.time.Duration;
import java.util.List;

/** A log of one member that can seem to have lost its leader. */
final class LeaderlessLog implements ReplicatedLog {
    private final ReplicatedLog real = new SingleMemberLog();
    private volatile boolean isLeaderless;

    void loseLeader() {
        isLeaderless = true;
    }

    void findLeader() {
        isLeaderless = false;
    }

    @Override
    public Leadership leadership() {
        Leadership known = real.leadership();
        return isLeaderless ? new Leadership(known.term(), null, false) : known;
    }

    @Override
    public void start(StateMachine machine) {
        real.start(machine);
    }

    @Override
    public MemberId self() {
        return real.self();
    }

    @Override
    public void propose(Proposal proposal) {
        real.propose(proposal);
    }

    @Override
    public long readBarrier(Duration deadline) {
        return real.readBarrier(deadline);
    }

    @Override
    public List<Member> members() {
        return real.members();
    }

    @Override
    public void addLearner(Member learner, Duration deadline) {
        real.addLearner(learner, deadline);
    }

    @Override
    public void promote(MemberId learner, Duration deadline) {
        real.promote(learner, deadline);
    }

    @Override
    public void remove(MemberId member, Duration deadline) {
        real.remove(member, deadline);
    }

    @Override
    public void transferLeadership(MemberId to, Duration deadline) {
        real.transferLeadership(to, deadline);
    }

    @Override
    public void resetToSelf(Duration deadline) {
        real.resetToSelf(deadline);
    }

    @Override
    public void requestSnapshot() {
        real.requestSnapshot();
    }

    @Override
    public void close() {
        real.close();
    }
}
