package io.kvorum.simulation;

import io.kvorum.model.Bytes;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.raft.LogPosition;
import io.kvorum.raft.StateMachine.Committed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was committed, as the first member to apply it saw it; and who was allowed to have it committed. One thread. */
final class Commits {
    private final List<Committed> entries = new ArrayList<>();
    private final Map<Bytes, LogPosition> positions = new HashMap<>();
    private final Map<Bytes, Long> fences = new HashMap<>();
    private final Map<Bytes, LeaseId> grants = new HashMap<>();
    private final Map<Bytes, LeaseId> ends = new HashMap<>();

    /** Whether it is the first time that anybody applies it. */
    boolean applied(Committed committed) {
        int place = (int) committed.position().index() - 1;
        if (place < entries.size()) {
            Violation.unless(
                    entries.get(place).equals(committed),
                    "the simulated log",
                    "two entries at %s",
                    committed.position());
            return false;
        }
        Violation.unless(place == entries.size(), "the simulated log", "a gap before %s", committed.position());
        entries.add(committed);
        if (!committed.entry().isEmpty()) {
            positions.put(committed.entry(), committed.position());
        }
        return true;
    }

    void fenced(Bytes entry, long term) {
        fences.put(entry, term);
    }

    /** The term an entry is fenced by; 0 when it is not. */
    long fence(Bytes entry) {
        return fences.getOrDefault(entry, 0L);
    }

    /** The term an entry was committed in; 0 when it was not. */
    long termOf(Bytes entry) {
        LogPosition position = positions.get(entry);
        return position == null ? 0 : position.term();
    }

    void grants(Bytes entry, LeaseId lease) {
        grants.put(entry, lease);
    }

    void ends(Bytes entry, LeaseId lease) {
        ends.put(entry, lease);
    }

    /** The lease that a committed entry grants; null for all others. */
    @Nullable
    LeaseId granted(Bytes entry) {
        return grants.get(entry);
    }

    /** The lease that a committed entry ends; null for all others, and when its fence forbids it. */
    @Nullable
    LeaseId ended(Bytes entry) {
        boolean isForbidden = fence(entry) != 0 && fence(entry) != termOf(entry);
        return isForbidden ? null : ends.get(entry);
    }

    long termAt(long index) {
        return entries.get((int) index - 1).position().term();
    }

    int count() {
        return entries.size();
    }
}
