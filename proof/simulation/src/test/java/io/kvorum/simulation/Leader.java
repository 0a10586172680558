package io.kvorum.simulation;

import io.kvorum.model.Bytes;
import io.kvorum.raft.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What a peer does while it leads. Used by one thread. */
final class Leader {
    private static final int MOST_ENTRIES_A_MESSAGE = 8;
    private static final long PATIENCE_MICROS = 400_000;

    private final Peer peer;
    private final Journal journal;
    private final long term;
    private final Map<Integer, Progress> progress = new TreeMap<>();
    private final List<Barrier> barriers = new ArrayList<>();
    private long round;
    private long firstOwn;
    private long firstCommitted;
    private boolean isSendPlanned;
    private boolean isOver;
    private int ticks;

    Leader(Peer peer) {
        this.peer = peer;
        this.journal = peer.journal;
        this.term = journal.term();
    }

    /** How far another member is. */
    private static final class Progress {
        private long next;
        private long match;
        private long round;
        private long heardAt;
    }

    /** @param index negative while the leader does not know yet what is committed */
    private record Barrier(long index, long round, LongConsumer then) {}

    void start() {
        propose(Bytes.EMPTY, null);
        firstOwn = journal.lastIndex();
    }

    void stop() {
        isOver = true;
        List<Barrier> open = List.copyOf(barriers);
        barriers.clear();
        open.forEach(barrier -> barrier.then().accept(-1));
    }

    /** Whether everything of earlier terms is applied. */
    boolean isReady(long applied) {
        return firstOwn > 0 && applied >= firstOwn;
    }

    private Progress progress(int member) {
        return progress.computeIfAbsent(member, missing -> {
            Progress fresh = new Progress();
            fresh.next = journal.lastIndex() + 1;
            fresh.heardAt = peer.agenda.nowMicros();
            return fresh;
        });
    }

    void tick() {
        if (++ticks % 3 == 0) {
            sendAll();
        }
        long now = peer.agenda.nowMicros();
        long heard = 1
                + journal.membership().voters().stream()
                        .filter(voter -> voter != peer.self && now - progress(voter).heardAt < PATIENCE_MICROS)
                        .count();
        if (heard < journal.membership().majority()) {
            peer.stepDown(term, 0, 0);
        }
    }

    void propose(Bytes payload, @Nullable Membership membership) {
        journal.append(new LogEntry(term, payload, membership));
        peer.afterSync(journal.lastIndex(), () -> {
            if (!isOver) {
                advance();
            }
        });
        sendSoon();
    }

    /** Whether the change was taken up: one at a time, and none before the leader knows what is committed. */
    boolean change(Membership membership) {
        if (firstCommitted == 0 || journal.lastMembershipChange() > peer.commit()) {
            return false;
        }
        propose(Bytes.EMPTY, membership);
        return true;
    }

    boolean hasCaughtUp(int member) {
        return progress(member).match >= peer.commit();
    }

    private void sendSoon() {
        if (!isSendPlanned) {
            isSendPlanned = true;
            peer.agenda.in(peer.agenda.between(0, 400), "send", () -> {
                isSendPlanned = false;
                if (!isOver) {
                    sendAll();
                }
            });
        }
    }

    private void sendAll() {
        for (int member : journal.membership().all()) {
            if (member != peer.self) {
                send(member);
            }
        }
    }

    private void send(int member) {
        Progress its = progress(member);
        long before = its.next - 1;
        if (before < journal.base().index()) {
            Message.SnapshotSent snapshot = peer.snapshot(round);
            its.next = snapshot.position().index() + 1;
            peer.network.send(peer.self, member, snapshot);
        } else {
            peer.network.send(
                    peer.self,
                    member,
                    new Message.Append(
                            term,
                            new LogPosition(journal.termAt(before), before),
                            journal.from(its.next, MOST_ENTRIES_A_MESSAGE),
                            peer.commit(),
                            round));
        }
    }

    void appended(int from, Message.Appended appended) {
        Progress its = progress(from);
        its.heardAt = peer.agenda.nowMicros();
        if (appended.succeeded()) {
            boolean isNews = appended.match() > its.match;
            its.match = Math.max(its.match, appended.match());
            its.next = Math.max(its.next, its.match + 1);
            its.round = Math.max(its.round, appended.round());
            advance();
            passBarriers();
            if (isNews && its.next <= journal.lastIndex()) {
                send(from);
            }
        } else {
            long next = Math.max(its.match + 1, appended.match() + 1);
            if (next != its.next) {
                its.next = next;
                send(from);
            }
        }
    }

    private void advance() {
        List<Long> reached = journal.membership().voters().stream()
                .map(voter -> voter == peer.self ? journal.synced() : progress(voter).match)
                .sorted()
                .toList();
        long agreed = reached.get(reached.size() - journal.membership().majority());
        if (agreed > peer.commit() && journal.termAt(agreed) == term) {
            peer.commitUpTo(agreed);
            if (firstCommitted == 0) {
                firstCommitted = agreed;
                startBarriers();
            }
            if (peer.agenda.chance(0.7)) {
                sendSoon();
            }
        }
    }

    void barrier(LongConsumer then) {
        if (firstCommitted == 0) {
            barriers.add(new Barrier(-1, 0, then));
        } else {
            barriers.add(new Barrier(peer.commit(), ++round, then));
            sendSoon();
            passBarriers();
        }
    }

    private void startBarriers() {
        List<Barrier> early = barriers.stream().filter(each -> each.index() < 0).toList();
        barriers.removeAll(early);
        early.forEach(each -> barrier(each.then()));
    }

    private void passBarriers() {
        long majority = journal.membership().majority();
        List<Barrier> passed = barriers.stream()
                .filter(each -> each.index() >= 0 && confirmed(each.round()) >= majority)
                .toList();
        barriers.removeAll(passed);
        passed.forEach(each -> each.then().accept(each.index()));
    }

    private long confirmed(long sinceRound) {
        return journal.membership().voters().stream()
                .filter(voter -> voter == peer.self || progress(voter).round >= sinceRound)
                .count();
    }
}
