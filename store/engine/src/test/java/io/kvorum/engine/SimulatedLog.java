package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogPosition;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Proposal;
import io.kvorum.raft.ReplicatedLog;
import io.kvorum.raft.StateMachine;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A log that does what the test says, on the test's thread where it can: nothing is committed unless told or eager. */
final class SimulatedLog implements ReplicatedLog {
    private static final MemberId SELF = new MemberId(0xabc);

    private final Random random;
    private final List<StateMachine.Committed> entries = new ArrayList<>();
    private final List<Proposal> held = new ArrayList<>();
    private @Nullable StateMachine machine;
    private long term = 1;
    private boolean hasQuorum = true;
    private boolean isHolding;
    private Proposal.@Nullable Refusal refusal;
    private int barriers;
    private long promised;

    SimulatedLog(long seed) {
        random = new Random(seed);
    }

    @Override
    public synchronized void start(StateMachine given) {
        machine = given;
        long applied = given.applied().index();
        List<StateMachine.Committed> missing = entries.stream()
                .filter(entry -> entry.position().index() > applied)
                .toList();
        applyInPieces(missing);
        given.leadershipChanged(leadership());
    }

    /** Hands entries over in batches of random size. */
    private void applyInPieces(List<StateMachine.Committed> batch) {
        int from = 0;
        while (from < batch.size()) {
            int to = from + 1 + random.nextInt(batch.size() - from);
            machine.apply(List.copyOf(batch.subList(from, to)));
            from = to;
        }
    }

    /** A log with the same entries, for another store. */
    synchronized SimulatedLog copy() {
        SimulatedLog copy = new SimulatedLog(1);
        copy.entries.addAll(entries);
        copy.term = term;
        return copy;
    }

    /** Readers are told to wait for so many entries more than there are. */
    synchronized void promise(long more) {
        promised = more;
    }

    LogPosition applied() {
        return machine.applied();
    }

    LogPosition persist() {
        return machine.persist();
    }

    synchronized void hold() {
        isHolding = true;
    }

    synchronized int held() {
        return held.size();
    }

    synchronized void release() {
        isHolding = false;
        List<StateMachine.Committed> batch = new ArrayList<>();
        held.forEach(proposal -> batch.add(append(proposal.entry())));
        held.clear();
        applyInPieces(batch);
    }

    synchronized void refuse(Proposal.@Nullable Refusal with) {
        refusal = with;
    }

    synchronized void loseQuorum() {
        hasQuorum = false;
        machine.leadershipChanged(leadership());
    }

    synchronized void electSelf(long newTerm) {
        term = newTerm;
        hasQuorum = true;
        machine.leadershipChanged(leadership());
    }

    synchronized int barriers() {
        return barriers;
    }

    /** Hands the last entries over once more, as a log does that thinks a snapshot older than it is. */
    synchronized void repeat(int count) {
        machine.apply(List.copyOf(entries.subList(entries.size() - count, entries.size())));
    }

    synchronized void loadSnapshot(Path folder) {
        machine.loadSnapshot(folder);
    }

    synchronized LogPosition saveSnapshot(Path folder) {
        return machine.saveSnapshot(folder);
    }

    @Override
    public synchronized void propose(Proposal proposal) {
        if (refusal != null) {
            proposal.refused(refusal);
        } else if (!hasQuorum) {
            proposal.refused(new Proposal.Refusal.NoLeader());
        } else if (isHolding) {
            held.add(proposal);
        } else {
            machine.apply(List.of(append(proposal.entry())));
        }
    }

    private StateMachine.Committed append(Bytes entry) {
        StateMachine.Committed committed = new StateMachine.Committed(new LogPosition(term, entries.size() + 1), entry);
        entries.add(committed);
        return committed;
    }

    @Override
    public MemberId self() {
        return SELF;
    }

    @Override
    public synchronized Leadership leadership() {
        return hasQuorum ? new Leadership(term, SELF, true) : new Leadership(term, null, false);
    }

    @Override
    public synchronized long readBarrier(Duration deadline) {
        barriers++;
        if (!hasQuorum) {
            throw new LogUnavailable("no quorum");
        }
        return entries.size() + promised;
    }

    @Override
    public List<Member> members() {
        return List.of(new Member(SELF, InetSocketAddress.createUnresolved("here", 1), false));
    }

    @Override
    public void addLearner(Member learner, Duration deadline) {
        throw new LogUnavailable("not simulated");
    }

    @Override
    public void promote(MemberId learner, Duration deadline) {
        throw new LogUnavailable("not simulated");
    }

    @Override
    public void remove(MemberId member, Duration deadline) {
        throw new LogUnavailable("not simulated");
    }

    @Override
    public void transferLeadership(MemberId to, Duration deadline) {
        throw new LogUnavailable("not simulated");
    }

    @Override
    public void resetToSelf(Duration deadline) {
        throw new LogUnavailable("not simulated");
    }

    @Override
    public void requestSnapshot() {
        throw new LogUnavailable("not simulated");
    }

    @Override
    public void close() {
        // A simulated log lives on, for the next start on it.
    }
}
