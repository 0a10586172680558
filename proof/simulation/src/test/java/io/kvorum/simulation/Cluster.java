package io.kvorum.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The members, and what can be done to them. Used by one thread. */
final class Cluster {
    private static final Membership NOBODY = new Membership(List.of(), List.of());

    private final World world;
    private final Map<Integer, SimulatedMember> members = new TreeMap<>();
    private int lastId;

    Cluster(World world, int size) {
        this.world = world;
        List<Integer> ids = new ArrayList<>();
        for (int id = 1; id <= size; id++) {
            ids.add(id);
        }
        lastId = size;
        ids.forEach(id -> members.put(id, new SimulatedMember(id, new Membership(ids, List.of()), world)));
        members.values().forEach(SimulatedMember::start);
    }

    List<SimulatedMember> all() {
        return List.copyOf(members.values());
    }

    List<SimulatedMember> up() {
        return members.values().stream().filter(SimulatedMember::isUp).toList();
    }

    SimulatedMember member(int id) {
        SimulatedMember member = members.get(id);
        if (member == null) {
            throw new IllegalArgumentException("there is no member " + id);
        }
        return member;
    }

    @Nullable
    SimulatedMember any() {
        List<SimulatedMember> up = up();
        return up.isEmpty() ? null : up.get(world.agenda().random().nextInt(up.size()));
    }

    /** The member that leads in the newest term. */
    Optional<SimulatedMember> leader() {
        return up().stream()
                .filter(member -> member.running().peer().isLeading())
                .reduce((one, other) -> one.journal.term() > other.journal.term() ? one : other);
    }

    void restartAll() {
        members.values().stream().filter(member -> !member.isUp()).forEach(SimulatedMember::start);
    }

    void addLearner() {
        leader().ifPresent(leader -> {
            int id = lastId + 1;
            Membership more = leader.journal.membership().withLearner(id);
            Leader leading = leader.running().peer().leading();
            if (members.size() < 5 && leading != null && leading.change(more)) {
                lastId = id;
                SimulatedMember fresh = new SimulatedMember(id, NOBODY, world);
                members.put(id, fresh);
                fresh.start();
            }
        });
    }

    void promote() {
        leader().ifPresent(leader -> {
            Leader leading = leader.running().peer().leading();
            Membership now = leader.journal.membership();
            if (leading != null && !now.learners().isEmpty()) {
                int learner = now.learners().getFirst();
                if (members.containsKey(learner) && leading.hasCaughtUp(learner)) {
                    leading.change(now.promoting(learner));
                }
            }
        });
    }

    /** Takes a member out for good, once its removal is committed. */
    void remove() {
        leader().ifPresent(leader -> {
            Leader leading = leader.running().peer().leading();
            Membership now = leader.journal.membership();
            List<Integer> others =
                    now.all().stream().filter(id -> id != leader.id).toList();
            if (leading == null || others.isEmpty() || now.voters().size() < 2) {
                return;
            }
            int id = others.get(world.agenda().random().nextInt(others.size()));
            long before = leader.journal.lastIndex();
            if (leading.change(now.without(id))) {
                awaitRemoval(id, before + 1, leader.journal.term());
            }
        });
    }

    /** A removal that a newer leader overwrites has not happened. */
    private void awaitRemoval(int id, long index, long term) {
        world.agenda().in(50_000, "removal", () -> {
            if (world.commits().count() < index) {
                boolean isLost = all().stream().noneMatch(member -> member.journal.lastIndex() >= index);
                if (!isLost) {
                    awaitRemoval(id, index, term);
                }
            } else if (world.commits().termAt(index) == term) {
                SimulatedMember gone = members.remove(id);
                if (gone != null && gone.isUp()) {
                    gone.crash();
                }
            }
        });
    }

    /** Whether everybody who belongs to the cluster has applied everything. */
    boolean isQuiet() {
        Optional<SimulatedMember> leader = leader();
        if (leader.isEmpty()) {
            return false;
        }
        long last = leader.get().journal.lastIndex();
        Membership membership = leader.get().journal.membership();
        return up().stream()
                .filter(member -> membership.all().contains(member.id))
                .allMatch(member -> member.running().peer().applied() == last);
    }

    boolean belongs(SimulatedMember member) {
        return leader().map(leader -> leader.journal.membership().all().contains(member.id))
                .orElse(false);
    }

    void closeAll() {
        up().forEach(SimulatedMember::crash);
    }
}
