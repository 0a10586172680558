package io.kvorum.simulation;

import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Proposal;
import io.kvorum.raft.ReplicatedLog;
import io.kvorum.raft.StateMachine;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The simulated log as the store of one member sees it, from a start to a crash. The store's threads call it; all it does
 * is to hand what they want over to the simulation's thread.
 */
final class MemberLog implements ReplicatedLog {
    private final MemberId self;
    private final Doorbell bell;
    private final boolean answersBarriersItself;
    private @Nullable StateMachine machine;
    private volatile Leadership leadership = new Leadership(0, null, false);
    private volatile boolean isClosed;

    /** Of the simulation's thread. */
    private final Deque<Proposal> proposed = new ArrayDeque<>();

    private final Deque<CompletableFuture<Long>> barriers = new ArrayDeque<>();

    MemberLog(int self, Doorbell bell, boolean answersBarriersItself) {
        this.self = new MemberId(self);
        this.bell = bell;
        this.answersBarriersItself = answersBarriersItself;
    }

    @Override
    public void start(StateMachine given) {
        machine = given;
        given.membersChanged(members());
        given.leadershipChanged(leadership);
    }

    StateMachine machine() {
        return Objects.requireNonNull(machine, "the store has started its log");
    }

    void lead(Leadership now) {
        leadership = now;
        machine().leadershipChanged(now);
    }

    @Override
    public void propose(Proposal proposal) {
        if (isClosed) {
            proposal.refused(new Proposal.Refusal.Stopped("the log is closed"));
        } else {
            bell.ring(() -> proposed.add(proposal));
        }
    }

    @Nullable
    Proposal takeProposed() {
        return proposed.poll();
    }

    boolean hasProposed() {
        return !proposed.isEmpty();
    }

    boolean hasBarrier() {
        return !barriers.isEmpty();
    }

    CompletableFuture<Long> takeBarrier() {
        return barriers.remove();
    }

    @Override
    public long readBarrier(Duration deadline) {
        if (answersBarriersItself) {
            return 0;
        }
        CompletableFuture<Long> index = new CompletableFuture<>();
        if (isClosed) {
            throw new LogUnavailable("the log is closed");
        }
        bell.ring(() -> {
            if (isClosed) {
                index.completeExceptionally(new LogUnavailable("the log is closed"));
            } else {
                barriers.add(index);
            }
        });
        try {
            return index.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new LogUnavailable("no barrier", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailable("interrupted", e);
        }
    }

    @Override
    public MemberId self() {
        return self;
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public List<Member> members() {
        return List.of(new Member(self, InetSocketAddress.createUnresolved("member-" + self, 2380), false));
    }

    void closed() {
        isClosed = true;
    }

    @Override
    public void close() {
        isClosed = true;
    }

    private static LogUnavailable notHere() {
        return new LogUnavailable("members are changed by the simulation's schedule; nothing was changed");
    }

    @Override
    public void addLearner(Member learner, Duration deadline) {
        throw notHere();
    }

    @Override
    public void promote(MemberId learner, Duration deadline) {
        throw notHere();
    }

    @Override
    public void remove(MemberId member, Duration deadline) {
        throw notHere();
    }

    @Override
    public void transferLeadership(MemberId to, Duration deadline) {
        throw notHere();
    }

    @Override
    public void resetToSelf(Duration deadline) {
        throw notHere();
    }

    @Override
    public void requestSnapshot() {
        throw notHere();
    }
}
