package io.kvorum.simulation;

import io.kvorum.raft.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What one member's log has on disk; the end of it is lost in a crash unless it was synced. Used by one thread. */
final class Journal {
    private final List<LogEntry> entries = new ArrayList<>();
    private LogPosition base = LogPosition.START;
    private Membership baseMembership;
    private long synced;
    private long term;
    private int votedFor;

    Journal(Membership membership) {
        baseMembership = membership;
    }

    long term() {
        return term;
    }

    int votedFor() {
        return votedFor;
    }

    /** Synced before it returns. */
    void vote(long inTerm, int candidate) {
        term = inTerm;
        votedFor = candidate;
    }

    long firstIndex() {
        return base.index() + 1;
    }

    long lastIndex() {
        return base.index() + entries.size();
    }

    long synced() {
        return synced;
    }

    LogPosition base() {
        return base;
    }

    Membership baseMembership() {
        return baseMembership;
    }

    LogEntry entry(long index) {
        return entries.get((int) (index - firstIndex()));
    }

    long termAt(long index) {
        return index == base.index() ? base.term() : entry(index).term();
    }

    boolean knows(long index, long itsTerm) {
        return index >= base.index() && index <= lastIndex() && termAt(index) == itsTerm;
    }

    List<LogEntry> from(long index, int most) {
        int start = (int) (index - firstIndex());
        return List.copyOf(entries.subList(start, Math.min(entries.size(), start + most)));
    }

    void append(LogEntry entry) {
        entries.add(entry);
    }

    void cutFrom(long index) {
        while (lastIndex() >= index) {
            entries.removeLast();
        }
        synced = Math.min(synced, lastIndex());
    }

    void sync() {
        synced = lastIndex();
    }

    /** Of what was not synced, some beginning may have reached the disk all the same. */
    void crash(RandomGenerator random) {
        long kept = synced + random.nextLong(lastIndex() - synced + 1);
        cutFrom(kept + 1);
        synced = kept;
    }

    /** Loses synced entries too: a disk that lies. */
    void crashOfALiar(long keepUpTo) {
        cutFrom(Math.max(base.index(), keepUpTo) + 1);
    }

    void cutBefore(long index) {
        if (index > base.index()) {
            Membership then = membershipAt(index);
            LogPosition there = new LogPosition(termAt(index), index);
            entries.subList(0, (int) (index - base.index())).clear();
            base = there;
            baseMembership = then;
        }
    }

    void restartAt(LogPosition position, Membership membership) {
        entries.clear();
        base = position;
        baseMembership = membership;
        synced = position.index();
    }

    Membership membership() {
        return membershipAt(lastIndex());
    }

    Membership membershipAt(long index) {
        for (long at = index; at >= firstIndex(); at--) {
            Membership changed = entry(at).membership();
            if (changed != null) {
                return changed;
            }
        }
        return baseMembership;
    }

    /** Index of the last change of the membership; the base when there is none behind it. */
    long lastMembershipChange() {
        for (long at = lastIndex(); at >= firstIndex(); at--) {
            if (entry(at).membership() != null) {
                return at;
            }
        }
        return base.index();
    }
}
