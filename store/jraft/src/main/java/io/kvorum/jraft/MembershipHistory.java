package io.kvorum.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import io.kvorum.jraft.wire.PeerName;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which members each configuration entry of the log names. The library tells its state machine of some changes only, so
 * this is kept where the entries pass by. Any thread.
 */
final class MembershipHistory {
    private final TreeMap<Long, List<Member>> byIndex = new TreeMap<>();

    /** Notes a configuration that is not in the middle of a change. */
    synchronized void note(long index, Configuration configuration) {
        List<Member> members = new ArrayList<>();
        configuration.listPeers().forEach(peer -> members.add(PeerName.member(peer, false)));
        configuration.listLearners().forEach(peer -> members.add(PeerName.member(peer, true)));
        members.sort((a, b) -> Long.compareUnsigned(a.id().value(), b.id().value()));
        byIndex.put(index, List.copyOf(members));
    }

    synchronized void forgetAfter(long lastKept) {
        byIndex.tailMap(lastKept, false).clear();
    }

    /** Forgets what is older than the newest configuration at or before the index. */
    synchronized void forgetBefore(long index) {
        Long newest = byIndex.floorKey(index);
        if (newest != null) {
            byIndex.headMap(newest, false).clear();
        }
    }

    /** The members once everything up to the index is applied; empty when no configuration is known to that point. */
    synchronized Optional<List<Member>> at(long index) {
        return Optional.ofNullable(byIndex.floorEntry(index)).map(Map.Entry::getValue);
    }

    /** The entry that named the members at the index; 0 when none is known. */
    synchronized long indexAt(long index) {
        Long named = byIndex.floorKey(index);
        return named == null ? 0 : named;
    }

    /**
     * What a member was in the newest configuration at or before the index that names it; empty when none does. Later ones
     * may still be undone, and may arrive between two looks.
     */
    synchronized Optional<Member> lastSeen(MemberId id, long index) {
        for (List<Member> members : byIndex.headMap(index, true).descendingMap().values()) {
            for (Member member : members) {
                if (member.id().equals(id)) {
                    return Optional.of(member);
                }
            }
        }
        return Optional.empty();
    }

    /** The newest members, committed or not. */
    synchronized Optional<List<Member>> latest() {
        return Optional.ofNullable(byIndex.lastEntry()).map(Map.Entry::getValue);
    }
}
