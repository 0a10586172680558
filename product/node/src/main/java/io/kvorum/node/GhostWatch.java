package io.kvorum.node;

import io.kvorum.engine.ClusterMember;
import io.kvorum.engine.StoreException;
import io.kvorum.raft.MemberId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds members of the store that nobody sees, while this server leads: they have no Node that could be NotReady, and do not
 * answer, but their absence counts in every vote. An operator has to decide what to do. On a virtual thread of its own.
 */
final class GhostWatch implements AutoCloseable {
    static final String REASON = "EtcdMemberGone";
    private static final Logger LOG = LoggerFactory.getLogger(GhostWatch.class);
    private static final Duration EVERY = Duration.ofMinutes(1);
    /** A new server has its Node and its address sooner. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration REPEAT = Duration.ofHours(12);

    /**
     * What it looks at.
     *
     * @param nodes the names of all Nodes
     * @param answers whether the member can be connected to
     * @param teller tells people
     */
    record Sight(
            Supplier<List<ClusterMember>> members,
            Supplier<Set<String>> nodes,
            Predicate<ClusterMember> answers,
            Consumer<String> teller) {}

    private record Suspicion(Instant since, Instant told) {}

    private final Sight sight;
    private final InstantSource clock;
    private final SortedMap<MemberId, Suspicion> suspicions = new TreeMap<>(Comparator.comparingLong(MemberId::value));
    private final CountDownLatch closing = new CountDownLatch(1);

    GhostWatch(Sight sight, InstantSource clock) {
        this.sight = sight;
        this.clock = clock;
    }

    GhostWatch start() {
        Thread.ofVirtual().name("ghost-watch").start(this::run);
        return this;
    }

    private void run() {
        try {
            while (!closing.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look at all members. */
    void look() {
        try {
            List<ClusterMember> members = sight.members().get();
            Set<String> nodes = sight.nodes().get();
            suspicions
                    .keySet()
                    .retainAll(members.stream().map(ClusterMember::id).toList());
            for (ClusterMember member : members) {
                boolean isSeen = nodes.contains(EngineMembers.nodeOf(member.name()))
                        || sight.answers().test(member);
                if (isSeen) {
                    suspicions.remove(member.id());
                } else {
                    suspect(member);
                }
            }
        } catch (StoreException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("members could not be looked at");
        }
    }

    private void suspect(ClusterMember member) {
        Instant now = clock.instant();
        Suspicion suspicion = suspicions.computeIfAbsent(member.id(), _ -> new Suspicion(now, Instant.MIN));
        boolean isDue = !suspicion.since().plus(PATIENCE).isAfter(now)
                && suspicion.told().isBefore(now.minus(REPEAT));
        if (isDue) {
            suspicions.put(member.id(), new Suspicion(suspicion.since(), now));
            String message = ("member %s (%s) at %s does not answer and has no Node; it counts in every vote. If its"
                            + " server will not come back: etcdctl member remove %s")
                    .formatted(
                            member.id(),
                            member.name().isEmpty() ? "never started" : member.name(),
                            String.join(",", member.peerUrls()),
                            member.id());
            LOG.atWarn().addKeyValue("detail", message).log("a member of the store is a ghost");
            sight.teller().accept(message);
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
