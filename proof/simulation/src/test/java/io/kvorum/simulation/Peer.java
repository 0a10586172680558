package io.kvorum.simulation;

import io.kvorum.model.Bytes;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogPosition;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Proposal;
import io.kvorum.raft.StateMachine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One member's part in the simulated log, from a start to the crash that ends it: Raft as its authors describe it,
 * without pre-vote, so that leaders change more often than they would. Used by one thread.
 *
 * <pre>
 *   follower --hears nobody--> candidate --majority--> Leader
 *      ^-------- a newer term, or no majority in sight ----|
 * </pre>
 */
final class Peer {
    private static final long TICK_MICROS = 10_000;
    private static final long BARRIER_PATIENCE_MICROS = 800_000;
    private static final int MOST_APPLIED_AT_ONCE = 12;

    final Agenda agenda;
    final Network network;
    final int self;
    final Journal journal;
    private final Host host;
    private final Map<Bytes, Proposal> waiting = new LinkedHashMap<>();
    private final Map<Long, LongConsumer> asked = new TreeMap<>();
    private final TreeSet<Integer> votes = new TreeSet<>();
    private @Nullable Leader leading;
    private int leader;
    private boolean isStopped;
    private boolean isApplyPlanned;
    private long commit;
    private long applied;
    private long electionAt;
    private long lastAsked;
    private int toldLeader = -1;
    private long toldTerm = -1;

    /** What the log is built upon and what is built upon it. */
    interface Host {
        LogPosition applied();

        /** Brings everything applied so far to disk. */
        void persist();

        void apply(List<StateMachine.Committed> batch);

        void leadership(Leadership leadership);

        void members(Membership membership);

        LogPosition save(Path folder);

        void load(Path folder, LogPosition position);

        Path freshFolder();
    }

    Peer(Agenda agenda, Network network, int self, Journal journal, Host host) {
        this.agenda = agenda;
        this.network = network;
        this.self = self;
        this.journal = journal;
        this.host = host;
    }

    void start() {
        applied = host.applied().index();
        Violation.unless(
                applied >= journal.base().index(),
                "the log reaches back to what is on disk",
                "member %d has %d on disk, its log begins behind %s",
                self,
                applied,
                journal.base());
        commit = applied;
        network.open(self, this::receive);
        putElectionOff();
        tickLater();
    }

    void stop() {
        isStopped = true;
        network.close(self);
    }

    private void tickLater() {
        agenda.in(TICK_MICROS + agenda.between(0, 500), "tick", () -> {
            if (!isStopped) {
                tick();
                tickLater();
            }
        });
    }

    private void tick() {
        Leader now = leading;
        if (now != null) {
            now.tick();
        } else if (agenda.nowMicros() >= electionAt && journal.membership().isVoter(self)) {
            campaign();
        }
    }

    private void putElectionOff() {
        electionAt = agenda.nowMicros() + agenda.between(120_000, 260_000);
    }

    void campaign() {
        if (isStopped || !journal.membership().isVoter(self)) {
            return;
        }
        stepDown(journal.term() + 1, self, 0);
        votes.clear();
        votes.add(self);
        LogPosition last = new LogPosition(journal.termAt(journal.lastIndex()), journal.lastIndex());
        journal.membership().voters().stream()
                .filter(voter -> voter != self)
                .forEach(voter -> network.send(self, voter, new Message.VoteAsked(journal.term(), last)));
        countVotes();
    }

    private void countVotes() {
        long given =
                journal.membership().voters().stream().filter(votes::contains).count();
        if (leading == null && given >= journal.membership().majority()) {
            leader = self;
            leading = new Leader(this);
            tell();
            leading.start();
        }
    }

    private void receive(int from, Message message) {
        if (isStopped) {
            return;
        }
        if (message.term() > journal.term()) {
            stepDown(message.term(), 0, 0);
        }
        switch (message) {
            case Message.VoteAsked ask -> network.send(self, from, vote(from, ask));
            case Message.VoteGiven given -> {
                if (given.isGranted() && given.term() == journal.term() && leader == 0) {
                    votes.add(from);
                    countVotes();
                }
            }
            case Message.Append append -> append(from, append);
            case Message.SnapshotSent snapshot -> install(from, snapshot);
            case Message.Appended appended -> {
                if (leading != null && appended.term() == journal.term()) {
                    leading.appended(from, appended);
                }
            }
            case Message.Forward forward -> {
                if (leading != null) {
                    leading.propose(forward.payload(), null);
                } else {
                    network.send(self, from, new Message.ForwardRefused(journal.term(), forward.payload()));
                }
            }
            case Message.ForwardRefused refused -> refuse(refused.payload(), new Proposal.Refusal.NoLeader());
            case Message.BarrierAsked ask -> answerBarrier(from, ask);
            case Message.BarrierPassed passed -> passBarrier(passed.number(), passed.index());
            case Message.TakeOver ignored -> campaign();
        }
    }

    private Message.VoteGiven vote(int from, Message.VoteAsked ask) {
        long lastTerm = journal.termAt(journal.lastIndex());
        boolean isBehind = ask.last().term() < lastTerm
                || (ask.last().term() == lastTerm && ask.last().index() < journal.lastIndex());
        boolean isFree = journal.votedFor() == 0 || journal.votedFor() == from;
        boolean isGranted = ask.term() == journal.term() && isFree && !isBehind && leader == 0;
        if (isGranted) {
            journal.vote(journal.term(), from);
            putElectionOff();
        }
        return new Message.VoteGiven(journal.term(), isGranted);
    }

    /** Follows nobody in that term, or the leader given. */
    void stepDown(long term, int votedFor, int itsLeader) {
        Leader before = leading;
        leading = null;
        if (term > journal.term()) {
            journal.vote(term, votedFor);
        }
        if (leader != itsLeader || before != null) {
            leader = itsLeader;
            if (before != null) {
                before.stop();
            }
            refuseAll("leadership changed");
        }
        putElectionOff();
        tell();
    }

    private void follow(int from, long term) {
        if (leader != from || leading != null) {
            stepDown(term, 0, from);
        }
        putElectionOff();
    }

    void tell() {
        Leader now = leading;
        boolean isReady = now != null && now.isReady(applied);
        int told = leader == self && !isReady ? 0 : leader;
        if (told != toldLeader || journal.term() != toldTerm) {
            toldLeader = told;
            toldTerm = journal.term();
            host.leadership(new Leadership(journal.term(), told == 0 ? null : new MemberId(told), isReady));
        }
    }

    private void append(int from, Message.Append append) {
        if (append.term() < journal.term()) {
            network.send(self, from, new Message.Appended(journal.term(), false, 0, append.round()));
            return;
        }
        follow(from, append.term());
        long match = append.before().index() + append.entries().size();
        if (match <= journal.base().index()) {
            answer(from, append.round(), journal.base().index(), append.commit());
            return;
        }
        boolean startsInBase = append.before().index() < journal.base().index();
        if (!startsInBase
                && !journal.knows(append.before().index(), append.before().term())) {
            long hint = Math.min(journal.lastIndex(), append.before().index() - 1);
            network.send(self, from, new Message.Appended(journal.term(), false, hint, append.round()));
            return;
        }
        long index = append.before().index();
        for (LogEntry entry : append.entries()) {
            index++;
            if (index > journal.base().index() && !journal.knows(index, entry.term())) {
                Violation.unless(index > commit, "the simulated log", "%d would lose committed %d", self, index);
                journal.cutFrom(index);
                journal.append(entry);
            }
        }
        answer(from, append.round(), match, append.commit());
    }

    /** Answers the leader once everything so far is synced. */
    private void answer(int from, long round, long match, long itsCommit) {
        long term = journal.term();
        afterSync(match, () -> {
            if (journal.term() == term && leading == null) {
                commit = Math.max(commit, Math.min(itsCommit, match));
                network.send(self, from, new Message.Appended(term, true, match, round));
                applyLater();
            }
        });
    }

    void afterSync(long index, Runnable then) {
        if (journal.synced() >= index) {
            then.run();
        } else {
            agenda.in(agenda.between(100, 3_000), "sync", () -> {
                if (!isStopped) {
                    journal.sync();
                    then.run();
                }
            });
        }
    }

    private void install(int from, Message.SnapshotSent snapshot) {
        if (snapshot.term() < journal.term()) {
            return;
        }
        follow(from, snapshot.term());
        LogPosition position = snapshot.position();
        if (position.index() > applied) {
            host.load(snapshot.folder(), position);
            applied = position.index();
            commit = Math.max(commit, applied);
            if (journal.knows(position.index(), position.term())) {
                journal.sync();
                journal.cutBefore(position.index());
            } else {
                journal.restartAt(position, snapshot.membership());
            }
            host.members(snapshot.membership());
        }
        network.send(self, from, new Message.Appended(journal.term(), true, position.index(), snapshot.round()));
    }

    /** By the leader in this member. */
    void commitUpTo(long index) {
        commit = Math.max(commit, index);
        applyLater();
    }

    private void applyLater() {
        if (!isApplyPlanned && applied < Math.min(commit, journal.synced())) {
            isApplyPlanned = true;
            long lag = agenda.chance(0.05) ? agenda.between(5_000, 80_000) : agenda.between(50, 1_500);
            agenda.in(lag, "apply", () -> {
                isApplyPlanned = false;
                if (!isStopped) {
                    applySome();
                    applyLater();
                }
            });
        }
    }

    private void applySome() {
        long upTo = Math.min(Math.min(commit, journal.synced()), applied + agenda.between(1, MOST_APPLIED_AT_ONCE));
        List<StateMachine.Committed> batch = new ArrayList<>();
        Membership changed = null;
        for (long index = applied + 1; index <= upTo; index++) {
            LogEntry entry = journal.entry(index);
            batch.add(new StateMachine.Committed(new LogPosition(entry.term(), index), entry.payload()));
            waiting.remove(entry.payload());
            changed = entry.membership() == null ? changed : entry.membership();
        }
        if (batch.isEmpty()) {
            return;
        }
        applied = upTo;
        host.apply(batch);
        if (changed != null) {
            host.members(changed);
        }
        tell();
    }

    void propose(Proposal proposal) {
        Leader now = leading;
        if (now == null && leader == 0) {
            proposal.refused(new Proposal.Refusal.NoLeader());
        } else if (agenda.chance(0.005)) {
            proposal.refused(new Proposal.Refusal.Busy());
        } else {
            waiting.put(proposal.entry(), proposal);
            if (now != null) {
                now.propose(proposal.entry(), null);
            } else {
                network.send(self, leader, new Message.Forward(journal.term(), proposal.entry()));
            }
        }
    }

    /** A client that waits no longer. */
    void giveUp(Bytes payload) {
        refuse(payload, new Proposal.Refusal.Unknown("it took too long"));
    }

    private void refuse(Bytes payload, Proposal.Refusal refusal) {
        Proposal proposal = waiting.remove(payload);
        if (proposal != null) {
            proposal.refused(refusal);
        }
    }

    private void refuseAll(String reason) {
        List<Bytes> payloads = List.copyOf(waiting.keySet());
        payloads.forEach(payload -> refuse(payload, new Proposal.Refusal.Unknown(reason)));
    }

    /** @param then hears the index to wait for, or a negative one when there is none to be had */
    void barrier(LongConsumer then) {
        long number = ++lastAsked;
        asked.put(number, then);
        agenda.in(BARRIER_PATIENCE_MICROS, "barrier late", () -> {
            if (!isStopped) {
                passBarrier(number, -1);
            }
        });
        if (leading != null) {
            leading.barrier(index -> passBarrier(number, index));
        } else if (leader != 0) {
            network.send(self, leader, new Message.BarrierAsked(journal.term(), number));
        } else {
            passBarrier(number, -1);
        }
    }

    private void answerBarrier(int from, Message.BarrierAsked ask) {
        LongConsumer reply =
                index -> network.send(self, from, new Message.BarrierPassed(journal.term(), ask.number(), index));
        if (leading != null) {
            leading.barrier(reply);
        } else {
            reply.accept(-1);
        }
    }

    private void passBarrier(long number, long index) {
        LongConsumer then = asked.remove(number);
        if (then != null) {
            then.accept(index);
        }
    }

    /** A copy of the state, so that the log before it can be cut off. */
    Message.SnapshotSent snapshot(long round) {
        Path folder = host.freshFolder();
        LogPosition position = host.save(folder);
        Violation.unless(
                position.index() == applied, "a snapshot says how far it goes", "%s, applied %d", position, applied);
        return new Message.SnapshotSent(
                journal.term(), position, journal.membershipAt(position.index()), folder, round);
    }

    void cutLog() {
        if (applied > journal.base().index()) {
            host.persist();
            journal.cutBefore(Math.max(journal.base().index(), applied - agenda.between(0, 8)));
        }
    }

    boolean isLeading() {
        return leading != null;
    }

    @Nullable
    Leader leading() {
        return leading;
    }

    long commit() {
        return commit;
    }

    long applied() {
        return applied;
    }
}
