package io.kvorum.raft;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A log of one member in this process that commits at once and keeps nothing on disk: for tests and for the JUnit
 * library, where the state machine's own disk is durable enough: what it has not persisted yet is lost when the process is
 * killed, and nothing when it is closed. Any thread may call it; the state machine is driven by a thread of its own.
 */
public final class SingleMemberLog implements ReplicatedLog {
    private static final MemberId SELF = new MemberId(1);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int MOST_WAITING = 4096;
    private static final int MOST_IN_BATCH = 256;

    /** When it is full, proposals are refused as busy. */
    private final BlockingQueue<Proposal> waiting = new ArrayBlockingQueue<>(MOST_WAITING);

    private @Nullable Thread worker;
    private volatile Leadership leadership = new Leadership(0, null, false);
    private volatile long committed;
    private volatile boolean isClosed;

    @Override
    public void start(StateMachine machine) {
        LogPosition applied = machine.applied();
        committed = applied.index();
        leadership = new Leadership(applied.term() + 1, SELF, true);
        machine.membersChanged(members());
        machine.leadershipChanged(leadership);
        worker = Thread.ofPlatform().daemon().name("single-member-log").start(() -> run(machine));
    }

    private void run(StateMachine machine) {
        try {
            while (!isClosed) {
                Proposal first = waiting.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    commit(first, machine);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            isClosed = true;
            machine.failed("applying an entry failed", e);
        }
        refuseWaiting();
    }

    private void commit(Proposal first, StateMachine machine) {
        List<Proposal> proposals = new ArrayList<>();
        proposals.add(first);
        waiting.drainTo(proposals, MOST_IN_BATCH - 1);
        List<StateMachine.Committed> batch = new ArrayList<>(proposals.size());
        long index = committed;
        for (Proposal proposal : proposals) {
            batch.add(new StateMachine.Committed(new LogPosition(leadership.term(), ++index), proposal.entry()));
        }
        committed = index;
        machine.apply(batch);
    }

    private void refuseWaiting() {
        for (Proposal left = waiting.poll(); left != null; left = waiting.poll()) {
            left.refused(new Proposal.Refusal.Stopped("the log is closed"));
        }
    }

    @Override
    public MemberId self() {
        return SELF;
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public void propose(Proposal proposal) {
        if (isClosed) {
            proposal.refused(new Proposal.Refusal.Stopped("the log is closed"));
        } else if (!waiting.offer(proposal)) {
            proposal.refused(new Proposal.Refusal.Busy());
        } else if (isClosed && waiting.remove(proposal)) {
            proposal.refused(new Proposal.Refusal.Stopped("the log is closed"));
        }
    }

    @Override
    public long readBarrier(Duration deadline) {
        if (isClosed) {
            throw new LogUnavailable("the log is closed");
        }
        return committed;
    }

    @Override
    public List<Member> members() {
        return List.of(new Member(SELF, new InetSocketAddress(InetAddress.getLoopbackAddress(), 2380), false));
    }

    @Override
    public void addLearner(Member learner, Duration deadline) {
        throw onlyOne();
    }

    @Override
    public void promote(MemberId learner, Duration deadline) {
        throw onlyOne();
    }

    @Override
    public void remove(MemberId member, Duration deadline) {
        throw onlyOne();
    }

    @Override
    public void transferLeadership(MemberId to, Duration deadline) {
        throw onlyOne();
    }

    private static LogUnavailable onlyOne() {
        return new LogUnavailable("a log of one member takes no others; nothing was changed");
    }

    @Override
    public void resetToSelf(Duration deadline) {
        // It is the only voter already.
    }

    @Override
    public void requestSnapshot() {
        // There is no log to cut off.
    }

    @Override
    public void close() {
        isClosed = true;
        Thread running = worker;
        if (running != null && running != Thread.currentThread()) {
            try {
                running.join(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
