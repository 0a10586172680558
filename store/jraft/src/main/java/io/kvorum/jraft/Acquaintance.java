package io.kvorum.jraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.entity.PeerId;
import com.google.protobuf.Message;
import io.kvorum.jraft.wire.AddressBook;
import io.kvorum.jraft.wire.AddressBook.Place;
import io.kvorum.jraft.wire.PeerClient;
import io.kvorum.jraft.wire.PeerName;
import io.kvorum.jraft.wire.proto.Greeting;
import io.kvorum.jraft.wire.proto.Greeting.Standing;
import io.kvorum.jraft.wire.proto.KnownPlace;
import io.kvorum.jraft.wire.proto.MemberPlace;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How members find each other and learn that they were removed. Whoever meets another tells it all addresses it knows, its
 * own first, and is told the same; a member that hears of no leader looks for all others once a second, one that follows
 * greets its leader now and then. Any thread.
 */
final class Acquaintance {
    private static final Logger LOG = LoggerFactory.getLogger(Acquaintance.class);
    private static final Duration SEARCH = Duration.ofSeconds(1);
    private static final Duration ROUTINE = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(2);

    /**
     * A learner is no member for a moment when it gets its vote, and longer when the leader dies just then; a voter is
     * none only when it was removed.
     */
    private static final Duration LEARNER_PATIENCE = Duration.ofSeconds(15);

    private final Node node;
    private final Member self;
    private final AddressBook addresses;
    private final MembershipHistory memberships;
    private final LongSupplier appliedIndex;
    private final Supplier<@Nullable PeerId> leader;
    private final Executor executor;
    private final ScheduledExecutorService timers;
    private final Runnable removed;
    /** Since when this member, a learner, seems to be none; 0 while it does not. */
    private final AtomicLong strangerSince = new AtomicLong();

    private volatile @Nullable PeerClient client;
    private volatile boolean stopped;

    Acquaintance(
            Node node,
            Member self,
            AddressBook addresses,
            MembershipHistory memberships,
            LongSupplier appliedIndex,
            Supplier<@Nullable PeerId> leader,
            Executor executor,
            ScheduledExecutorService timers,
            Runnable removed) {
        this.node = node;
        this.self = self;
        this.addresses = addresses;
        this.memberships = memberships;
        this.appliedIndex = appliedIndex;
        this.leader = leader;
        this.executor = executor;
        this.timers = timers;
        this.removed = removed;
    }

    void startWith(PeerClient with) {
        client = with;
        with.whenConnected(peer -> greet(with, peer));
        look();
    }

    void stop() {
        stopped = true;
    }

    private void look() {
        PeerClient via = client;
        if (stopped || via == null) {
            return;
        }
        PeerId follows = leader.get();
        boolean isSettled = follows != null || node.isLeader(false);
        try {
            timers.schedule(this::look, (isSettled ? ROUTINE : SEARCH).toMillis(), TimeUnit.MILLISECONDS);
            executor.execute(() -> lookNow(via, follows));
        } catch (RejectedExecutionException _) {
            // Stopping, or busy: the next look will do.
        }
    }

    private void lookNow(PeerClient via, @Nullable PeerId follows) {
        checkStanding();
        if (node.isLeader(false)) {
            return;
        }
        for (Member member : memberships.latest().orElse(List.of())) {
            PeerId peer = PeerName.of(member);
            boolean isMeant = follows == null || follows.equals(peer);
            if (isMeant && !member.id().equals(self.id()) && via.checkConnection(peer.getEndpoint(), true)) {
                greet(via, peer);
            }
        }
    }

    /** Tells a member what this one knows; the answer comes later and may be that this member is none. */
    void greet(PeerId peer) {
        PeerClient via = client;
        if (via != null && !stopped) {
            greet(via, peer);
        }
    }

    private void greet(PeerClient via, PeerId peer) {
        long index = memberships.indexAt(Long.MAX_VALUE);
        var _ = via.ask(peer, greeting().setMembersIndex(index).build(), ANSWER).thenAccept(answer -> {
            if (answer instanceof Greeting greeting) {
                learn(greeting);
                if (greeting.getStanding() == Standing.REMOVED && index == memberships.indexAt(Long.MAX_VALUE)) {
                    isStranger(index);
                }
                if (greeting.getStanding() == Standing.MEMBER) {
                    strangerSince.set(0);
                }
            }
        });
    }

    private Greeting.Builder greeting() {
        var greeting = Greeting.newBuilder()
                .setServerId(PeerName.of(self).toString())
                .setMembersIndex(memberships.indexAt(Long.MAX_VALUE));
        for (Place place : addresses.newest()) {
            var at = MemberPlace.newBuilder()
                    .setId(place.member().value())
                    .setHost(place.address().getHostString())
                    .setPort(place.address().getPort());
            greeting.addPlaces(KnownPlace.newBuilder().setPlace(at).setNumber(place.number()));
        }
        return greeting;
    }

    /** What another member said when it met this one. */
    Message answer(Greeting asked) {
        learn(asked);
        MemberId asker = PeerName.id(asked.getServerId());
        boolean isNews = asked.getMembersIndex() > memberships.indexAt(Long.MAX_VALUE);
        if (isNews || !names(memberships.latest().orElse(List.of()), self.id())) {
            greet(EntryCodec.parsed(asked.getServerId())); // it may know whether this one is still a member
        }
        return greeting().setStanding(standing(asker, asked.getMembersIndex())).build();
    }

    private Standing standing(MemberId asker, long knownIndex) {
        long applied = appliedIndex.getAsLong();
        boolean isThere = names(memberships.at(applied).orElse(List.of()), asker)
                || names(memberships.latest().orElse(List.of()), asker);
        if (isThere) {
            return Standing.MEMBER;
        }
        boolean isOlder = knownIndex > 0 && knownIndex <= memberships.indexAt(applied);
        return isOlder ? Standing.REMOVED : Standing.UNKNOWN;
    }

    private static boolean names(List<Member> members, MemberId id) {
        return members.stream().anyMatch(member -> member.id().equals(id));
    }

    private void learn(Greeting greeting) {
        List<Place> heard = greeting.getPlacesList().stream()
                .map(known -> new Place(
                        new MemberId(known.getPlace().getId()),
                        PeerName.address(
                                known.getPlace().getHost(), known.getPlace().getPort()),
                        known.getNumber()))
                .toList();
        spread(addresses.merge(heard));
    }

    /** An address that was learnt otherwise. */
    void learn(MemberId member, InetSocketAddress address) {
        if (addresses.learn(member, address)) {
            spread(List.of(member));
        }
    }

    private void spread(List<MemberId> news) {
        PeerClient via = client;
        if (news.isEmpty() || via == null || stopped) {
            return;
        }
        LOG.atInfo().addKeyValue("members", news).log("members are reached elsewhere now");
        executor.execute(() -> {
            via.dialAnew(news);
            for (Member member : memberships.latest().orElse(List.of())) {
                PeerId peer = PeerName.of(member);
                if (!member.id().equals(self.id()) && via.checkConnection(peer.getEndpoint(), true)) {
                    greet(via, peer);
                }
            }
        });
    }

    /** Looks whether the entries applied here say that this member is none any more. */
    void checkStanding() {
        long applied = appliedIndex.getAsLong();
        List<Member> now = memberships.at(applied).orElse(List.of());
        List<Member> newest = memberships.latest().orElse(List.of());
        if (!now.isEmpty() && !names(now, self.id()) && !names(newest, self.id())) {
            isStranger(applied);
        }
    }

    /** @param applied what it was is told by what is applied: entries that give it a vote may be arriving just now */
    private void isStranger(long applied) {
        Optional<Member> before = memberships.lastSeen(self.id(), applied);
        if (before.isEmpty() || stopped) {
            return; // it is still being taken in
        }
        boolean hasVoted = !before.get().isLearner();
        long now = System.nanoTime();
        strangerSince.compareAndSet(0, now);
        if (hasVoted || now - strangerSince.get() > LEARNER_PATIENCE.toNanos()) {
            removed.run();
        }
    }
}
