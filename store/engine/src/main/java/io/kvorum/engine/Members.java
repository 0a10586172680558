package io.kvorum.engine;

import io.kvorum.engine.StoreException.MembersRefused;
import io.kvorum.engine.StoreException.MembersRefused.Reason;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.MemberRecord;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Progress;
import io.kvorum.raft.ReplicatedLog;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who belongs to the cluster. Any thread; calls block. Changes may be asked of any member: they are handed on to the
 * leader and wait for each other.
 *
 * <p>A member gets its vote only when it has caught up, also one that was added to have a vote at once, as etcd's
 * {@code member add} does: until then it is a learner to the log, which costs the others no majority, and a member
 * with a vote that has not started yet to whoever lists the members. The leader promotes it by itself.
 */
public final class Members {
    /** A change of members waits for the new one to be reached, or for the log to agree without it. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration QUESTION = Duration.ofSeconds(3);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final Logger logger = LoggerFactory.getLogger(Members.class);

    private final ReplicatedLog log;
    private final ReplicaSeat seat;
    private final Proposer proposer;

    Members(ReplicatedLog log, ReplicaSeat seat, Proposer proposer) {
        this.log = log;
        this.seat = seat;
        this.proposer = proposer;
    }

    /** In the order of their ids. */
    public List<ClusterMember> all() {
        List<MemberRecord> records = seat.current().mvcc().members();
        List<ClusterMember> members = new ArrayList<>();
        for (Member member : log.members()) {
            MemberRecord record = record(records, member.id()).orElseGet(() -> unnamed(member));
            members.add(clusterMember(record, member.isLearner() && !record.isVoteDue()));
        }
        for (MemberRecord record : records) { // between learner and voter the log does not know it for a moment
            if (record.isVoteDue()
                    && members.stream().noneMatch(member -> member.id().value() == record.id())) {
                members.add(clusterMember(record, false));
            }
        }
        members.sort(Comparator.comparing(member -> member.id().value(), Long::compareUnsigned));
        return members;
    }

    private static Optional<MemberRecord> record(List<MemberRecord> records, MemberId id) {
        return records.stream().filter(one -> one.id() == id.value()).findFirst();
    }

    private static ClusterMember clusterMember(MemberRecord record, boolean isLearner) {
        return new ClusterMember(
                new MemberId(record.id()), record.name(), record.peerUrls(), record.clientUrls(), isLearner);
    }

    private static MemberRecord unnamed(Member member) {
        InetSocketAddress address = member.peerAddress();
        String host = address.getHostString();
        String url = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
        return new MemberRecord(member.id().value(), "", List.of(url), List.of());
    }

    /** After a reset of the log to this member: what is known of others would only bring them back. */
    void forgetOthers() {
        for (MemberRecord record : seat.current().mvcc().members()) {
            if (record.id() != log.self().value()) {
                proposer.propose(new Command.ForgetMember(record.id()), null);
            }
        }
    }

    /** Tells the others what this member is called and where clients reach it. */
    public void describeSelf(String name, List<String> peerUrls, List<String> clientUrls) {
        List<MemberRecord> records = seat.current().mvcc().members();
        boolean isVoteDue =
                record(records, log.self()).map(MemberRecord::isVoteDue).orElse(false);
        MemberRecord self = new MemberRecord(log.self().value(), name, peerUrls, clientUrls, isVoteDue);
        if (!records.contains(self)) {
            proposer.propose(new Command.DescribeMember(self), null);
        }
    }

    /** Takes a new member in as a learner, without a vote until it is promoted. */
    public ClusterMember add(MemberId id, List<String> peerUrls) {
        return add(id, peerUrls, true);
    }

    /** Takes a new member in. Unless it is to stay a learner it gets its vote by itself as soon as it has caught up. */
    public ClusterMember add(MemberId id, List<String> peerUrls, boolean asLearner) {
        InetSocketAddress address = address(peerUrls);
        if (all().stream().anyMatch(member -> !disjoint(member.peerUrls(), peerUrls))) {
            throw new MembersRefused(Reason.ADDRESS_TAKEN, "a member has one of " + peerUrls + " already");
        }
        change(() -> log.addLearner(new Member(id, address, true), PATIENCE), Reason.UNAVAILABLE);
        MemberRecord record = new MemberRecord(id.value(), "", peerUrls, List.of(), !asLearner);
        proposer.propose(new Command.DescribeMember(record), null);
        return clusterMember(record, asLearner);
    }

    /** How far a member is; empty when it does not answer. */
    public Optional<Progress> progress(MemberId id) {
        member(id);
        try {
            return Optional.of(log.progress(id, QUESTION));
        } catch (LogUnavailable e) {
            return Optional.empty();
        }
    }

    /** Waits until a learner may be promoted; it need not even run yet. Whether it was so in time. */
    public boolean awaitCaughtUp(MemberId id, Duration patience) {
        member(id);
        try {
            log.awaitCaughtUp(id, patience);
            return true;
        } catch (LogUnavailable e) {
            return false;
        } catch (IllegalArgumentException e) {
            throw new MembersRefused(Reason.NOT_FOUND, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Waits until a member has its vote, as this member's log knows; meant for a joining member that asks about itself,
     * before which its store knows nothing. Whether it was so in time.
     */
    public boolean awaitVote(MemberId id, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (log.members().stream().noneMatch(one -> one.id().equals(id) && !one.isLearner())) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            try {
                Thread.sleep(LOOK_AGAIN);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private static boolean disjoint(List<String> some, List<String> others) {
        return some.stream().noneMatch(others::contains);
    }

    static InetSocketAddress address(List<String> peerUrls) {
        try {
            URI url = URI.create(peerUrls.getFirst());
            if (url.getHost() == null || url.getPort() < 0) {
                throw new MembersRefused(Reason.BAD_ADDRESS, peerUrls + " has no host and port");
            }
            return new InetSocketAddress(url.getHost().replace("[", "").replace("]", ""), url.getPort());
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw new MembersRefused(Reason.BAD_ADDRESS, peerUrls + " is no URL: " + e.getMessage());
        }
    }

    /** Gives a learner its vote. */
    public void promote(MemberId id) {
        ClusterMember member = member(id);
        if (!member.isLearner()) {
            throw new MembersRefused(Reason.NOT_A_LEARNER, "member " + id + " has a vote");
        }
        change(() -> log.promote(id, PATIENCE), Reason.LEARNER_NOT_READY);
    }

    /**
     * Its description goes first: one that is left behind by a failure in between is a member without a name, which can
     * be removed again, while a description without a member would bring back who was to get a vote.
     */
    public void remove(MemberId id) {
        member(id);
        Optional<MemberRecord> record = record(seat.current().mvcc().members(), id);
        if (record.isPresent()) {
            proposer.propose(new Command.ForgetMember(id.value()), null);
        }
        try {
            change(() -> log.remove(id, PATIENCE), Reason.UNAVAILABLE);
        } catch (MembersRefused e) {
            record.ifPresent(this::describeAgain);
            throw e;
        }
    }

    private void describeAgain(MemberRecord record) {
        try {
            proposer.propose(new Command.DescribeMember(record), null);
        } catch (StoreException e) {
            logger.atWarn()
                    .addKeyValue("member", Long.toHexString(record.id()))
                    .setCause(e)
                    .log("a member that could not be removed lost its name until it starts again");
        }
    }

    /** From now on the member is dialled at the new address; who it is stays. */
    public void update(MemberId id, List<String> peerUrls) {
        ClusterMember member = member(id);
        InetSocketAddress address = address(peerUrls);
        boolean isTaken =
                all().stream().anyMatch(other -> !other.id().equals(id) && !disjoint(other.peerUrls(), peerUrls));
        if (isTaken) {
            throw new MembersRefused(Reason.ADDRESS_TAKEN, "another member has one of " + peerUrls + " already");
        }
        change(() -> log.update(id, address, PATIENCE), Reason.UNAVAILABLE);
        boolean isVoteDue = record(seat.current().mvcc().members(), id)
                .map(MemberRecord::isVoteDue)
                .orElse(false);
        proposer.propose(
                new Command.DescribeMember(
                        new MemberRecord(id.value(), member.name(), peerUrls, member.clientUrls(), isVoteDue)),
                null);
    }

    /**
     * Disaster recovery: makes this member the only one, whatever the others say, and of another cluster, so that they
     * must join anew. For a server that was started for this, with the others stopped; what this member has not got of
     * the others' last writes is lost.
     */
    public void resetToSelf(long newClusterId, Duration patience) {
        change(() -> log.resetToSelf(newClusterId, patience), Reason.UNAVAILABLE);
        for (MemberRecord record : seat.current().mvcc().members()) {
            if (record.id() != log.self().value()) {
                proposer.propose(new Command.ForgetMember(record.id()), null);
            }
        }
    }

    private ClusterMember member(MemberId id) {
        return all().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new MembersRefused(Reason.NOT_FOUND, "there is no member " + id));
    }

    private static void change(Runnable change, Reason reason) {
        try {
            change.run();
        } catch (LogUnavailable | IllegalArgumentException e) {
            throw new MembersRefused(reason, String.valueOf(e.getMessage()));
        }
    }
}
