package io.kvorum.engine;

import io.kvorum.engine.StoreException.MembersRefused;
import io.kvorum.engine.StoreException.MembersRefused.Reason;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.MemberRecord;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.ReplicatedLog;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;

/** Who belongs to the cluster. Any thread; calls block. Changes are for the leader only. */
public final class Members {
    /** A change of members waits for the new one to be reached, or for the log to agree without it. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

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
            MemberRecord record = records.stream()
                    .filter(one -> one.id() == member.id().value())
                    .findFirst()
                    .orElseGet(() -> unnamed(member));
            members.add(new ClusterMember(
                    member.id(), record.name(), record.peerUrls(), record.clientUrls(), member.isLearner()));
        }
        members.sort(Comparator.comparing(member -> member.id().value(), Long::compareUnsigned));
        return members;
    }

    private static MemberRecord unnamed(Member member) {
        InetSocketAddress address = member.peerAddress();
        String host = address.getHostString();
        String url = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
        return new MemberRecord(member.id().value(), "", List.of(url), List.of());
    }

    /** Tells the others what this member is called and where clients reach it. */
    public void describeSelf(String name, List<String> peerUrls, List<String> clientUrls) {
        MemberRecord self = new MemberRecord(log.self().value(), name, peerUrls, clientUrls);
        if (!seat.current().mvcc().members().contains(self)) {
            proposer.propose(new Command.DescribeMember(self), null);
        }
    }

    /** Takes a new member in, without a vote until it is promoted. */
    public ClusterMember add(MemberId id, List<String> peerUrls) {
        InetSocketAddress address = address(peerUrls);
        if (all().stream().anyMatch(member -> !disjoint(member.peerUrls(), peerUrls))) {
            throw new MembersRefused(Reason.ADDRESS_TAKEN, "a member has one of " + peerUrls + " already");
        }
        change(() -> log.addLearner(new Member(id, address, true), PATIENCE), Reason.UNAVAILABLE);
        proposer.propose(new Command.DescribeMember(new MemberRecord(id.value(), "", peerUrls, List.of())), null);
        return new ClusterMember(id, "", peerUrls, List.of(), true);
    }

    private static boolean disjoint(List<String> some, List<String> others) {
        return some.stream().noneMatch(others::contains);
    }

    private static InetSocketAddress address(List<String> peerUrls) {
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

    public void remove(MemberId id) {
        member(id);
        change(() -> log.remove(id, PATIENCE), Reason.UNAVAILABLE);
        if (!id.equals(log.self())) {
            proposer.propose(new Command.ForgetMember(id.value()), null);
        }
    }

    /** Notes other addresses of a member; the log goes on dialling the one it was added with. */
    public void update(MemberId id, List<String> peerUrls) {
        ClusterMember member = member(id);
        address(peerUrls);
        proposer.propose(
                new Command.DescribeMember(new MemberRecord(id.value(), member.name(), peerUrls, member.clientUrls())),
                null);
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
