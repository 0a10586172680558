package io.kvorum.registry;

import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Proposal;
import io.kvorum.raft.ReplicatedLog;
import io.kvorum.raft.SingleMemberLog;
import io.kvorum.raft.StateMachine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A log of one member whose leader falls silent: who asks for the present waits for it as long as it may. Any thread. */
final class LogThatLosesItsLeader implements ReplicatedLog {
    private final ReplicatedLog real = new SingleMemberLog();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch isOver = new CountDownLatch(1);
    private volatile boolean isSilent;
    private volatile boolean isMissed;
    private StateMachine machine;

    /** It answers no more, and nobody knows that it is gone. */
    void fallSilent() {
        isSilent = true;
    }

    /** The others' patience with it is over. */
    void missLeader() {
        isMissed = true;
        machine.leadershipChanged(leadership());
    }

    /** Waits until somebody has asked the silent leader for the present. */
    void awaitReader() throws InterruptedException {
        if (!asked.await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody asked");
        }
    }

    @Override
    public Leadership leadership() {
        Leadership known = real.leadership();
        return isMissed ? new Leadership(known.term() + 1, null, false) : known;
    }

    @Override
    public void start(StateMachine newMachine) {
        machine = newMachine;
        real.start(newMachine);
    }

    @Override
    public long readBarrier(Duration deadline) {
        if (!isSilent) {
            return real.readBarrier(deadline);
        }
        asked.countDown();
        try {
            if (isOver.await(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new LogUnavailable("the log is closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new LogUnavailable("no answer in time");
    }

    @Override
    public void close() {
        isOver.countDown();
        real.close();
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
}
