package io.kvorum.jraft;

import io.kvorum.model.Bytes;
import io.kvorum.raft.Durations;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Progress;
import io.kvorum.raft.Proposal;
import io.kvorum.raft.ReplicatedLog;
import io.kvorum.raft.StateMachine;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A member of the replicated log. Any thread may call it once it is started.
 *
 * <pre>
 *  opened --start--> running --close--> closed
 * </pre>
 */
public final class JRaftLog implements ReplicatedLog {
    private final JRaftLogConfig config;
    private @Nullable RunningMember running;
    private boolean closed;
    private Leadership lastLeadership = new Leadership(0, null, false);
    private List<Member> lastMembers = List.of();
    private UnaryOperator<Bytes> answering = _ -> Bytes.EMPTY;
    private final List<Member> learntEarly = new ArrayList<>();

    private JRaftLog(JRaftLogConfig config) {
        this.config = config;
    }

    /** Touches nothing yet: files and sockets are opened by {@link #start}. */
    public static JRaftLog open(JRaftLogConfig config) {
        return new JRaftLog(config);
    }

    /**
     * @throws io.kvorum.raft.MemberRemoved when this member learnt earlier that it was removed from its cluster
     * @throws LogUnusable when the log's folder cannot be used or the address not be listened on
     * @throws io.kvorum.jraft.log.LogCorrupt when the log's files are damaged in a way no crash explains
     */
    @Override
    public synchronized void start(StateMachine machine) {
        if (running != null || closed) {
            throw new IllegalStateException("a log is started once");
        }
        RunningMember started = RunningMember.start(config, machine, answering);
        learntEarly.forEach(place -> started.learnAddress(place.id(), place.peerAddress()));
        running = started;
    }

    private synchronized RunningMember running() {
        if (running == null) {
            throw new LogUnavailable(closed ? "this member's log is closed" : "this member's log is not started");
        }
        return running;
    }

    @Override
    public MemberId self() {
        return config.self();
    }

    @Override
    public Leadership leadership() {
        RunningMember now;
        synchronized (this) {
            if (closed) {
                return lastLeadership;
            }
            now = running();
        }
        return now.leadership();
    }

    @Override
    public void propose(Proposal proposal) {
        running().proposals().propose(proposal);
    }

    @Override
    public long readBarrier(Duration deadline) {
        return running().readBarrier(Deadline.in(deadline));
    }

    @Override
    public List<Member> members() {
        RunningMember now;
        synchronized (this) {
            if (closed) {
                return lastMembers;
            }
            now = running();
        }
        return now.members();
    }

    @Override
    public void addLearner(Member learner, Duration deadline) {
        RunningMember member = running();
        var end = Deadline.in(deadline);
        member.changes().addLearner(learner, end);
        member.awaitMembers(
                end, now -> now.stream().anyMatch(other -> other.id().equals(learner.id())));
    }

    @Override
    public void promote(MemberId learner, Duration deadline) {
        RunningMember member = running();
        var end = Deadline.in(deadline);
        member.changes().promote(learner, end);
        member.awaitMembers(
                end, now -> now.stream().anyMatch(other -> other.id().equals(learner) && !other.isLearner()));
    }

    @Override
    public void remove(MemberId removed, Duration deadline) {
        RunningMember member = running();
        var end = Deadline.in(deadline);
        member.changes().remove(removed, end);
        if (!removed.equals(config.self())) { // nobody tells a removed member of later entries
            member.awaitMembers(
                    end, now -> now.stream().noneMatch(other -> other.id().equals(removed)));
        }
    }

    @Override
    public void update(MemberId member, InetSocketAddress peerAddress, Duration deadline) {
        RunningMember running = running();
        if (running.members().stream().noneMatch(known -> known.id().equals(member))) {
            throw new IllegalArgumentException("there is no member " + member);
        }
        learnAddress(member, peerAddress);
    }

    /**
     * Notes where a member is reached, learnt otherwise than from the members: after a whole site was renumbered while it
     * was off, it is enough that one member learns of the others. Before the start too; a wrong address does no harm.
     */
    public void learnAddress(MemberId member, InetSocketAddress address) {
        RunningMember now;
        synchronized (this) {
            now = running;
            if (now == null) {
                learntEarly.add(new Member(member, address, false));
            }
        }
        if (now != null) {
            now.learnAddress(member, address);
        }
    }

    /** Which cluster this member belongs to; 0 for a joining member that no other has spoken to yet. */
    public long clusterId() {
        return running().clusterId();
    }

    @Override
    public Duration electionTimeout() {
        return config.timings().election();
    }

    @Override
    public Durations syncs() {
        return running().syncs();
    }

    @Override
    public Map<MemberId, Durations> roundTrips() {
        return running().roundTrips();
    }

    @Override
    public Optional<String> trouble() {
        return running().trouble();
    }

    @Override
    public Progress progress(MemberId member, Duration deadline) {
        return running().changes().progress(member, Deadline.in(deadline));
    }

    @Override
    public void awaitCaughtUp(MemberId member, Duration deadline) {
        running().changes().awaitCaughtUp(member, Deadline.in(deadline));
    }

    @Override
    public void transferLeadership(MemberId to, Duration deadline) {
        RunningMember member = running();
        member.requireLead();
        var end = Deadline.in(deadline);
        if (!to.equals(config.self())) {
            member.membership().transfer(to);
        }
        while (!to.equals(member.leadership().leader())) {
            end.pause("hand the lead to " + to);
        }
    }

    @Override
    public void resetToSelf(Duration deadline) {
        running().resetToSelf(Deadline.in(deadline));
    }

    @Override
    public void resetToSelf(long newClusterId, Duration deadline) {
        running().resetToSelf(newClusterId, Deadline.in(deadline));
    }

    @Override
    public Bytes ask(MemberId member, Bytes question, Duration deadline) {
        return running().ask(member, question, Deadline.in(deadline));
    }

    @Override
    public synchronized void answerWith(UnaryOperator<Bytes> now) {
        answering = now;
    }

    @Override
    public void requestSnapshot() {
        running().requestSnapshot();
    }

    @Override
    public void close() {
        RunningMember member;
        synchronized (this) {
            closed = true;
            member = running;
            running = null;
            if (member != null) {
                lastLeadership = new Leadership(member.leadership().term(), null, false);
                lastMembers = member.members();
            }
        }
        if (member != null) {
            member.close();
        }
    }
}
