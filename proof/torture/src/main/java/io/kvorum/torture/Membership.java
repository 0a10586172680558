package io.kvorum.torture;

import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberAddRequest;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberPromoteRequest;
import io.etcd.jetcd.api.MemberRemoveRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Adds and removes members, and makes the seats fit what the cluster says when it is not known how that went. Any
 * thread; one change at a time.
 */
final class Membership {
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final Duration PROMOTION = Duration.ofSeconds(15);

    private final Rack rack;
    private final Tally tally;
    /** Ids that have had data: one of them with an empty folder would have forgotten what it promised. */
    private final Set<Long> everStarted = new HashSet<>();

    Membership(Rack rack, Tally tally) {
        this.rack = rack;
        this.tally = tally;
    }

    /** Where the leader sits, as far as anybody knows. */
    Optional<Seat> leader() {
        Seat found = null;
        long newestTerm = -1;
        for (Seat seat : rack.taken()) {
            Optional<StatusResponse> status = seat.isRunning() ? status(seat) : Optional.empty();
            boolean leads = status.isPresent()
                    && status.get().getLeader() != 0
                    && status.get().getLeader() == status.get().getHeader().getMemberId();
            if (leads && status.get().getRaftTerm() > newestTerm) {
                newestTerm = status.get().getRaftTerm();
                found = seat;
            }
        }
        return Optional.ofNullable(found);
    }

    Optional<StatusResponse> status(Seat seat) {
        try {
            return Optional.of(rack.door(seat.host())
                    .maintenance(Duration.ofMillis(700))
                    .status(StatusRequest.getDefaultInstance()));
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    /** The members by the word of one that has asked the others. */
    synchronized Optional<List<Member>> list() {
        for (Seat seat : rack.taken()) {
            if (seat.isRunning()) {
                try {
                    List<Member> members = rack.door(seat.host())
                            .cluster(Duration.ofSeconds(1))
                            .memberList(MemberListRequest.newBuilder()
                                    .setLinearizable(true)
                                    .build())
                            .getMembersList();
                    return Optional.of(members);
                } catch (StatusRuntimeException e) {
                    tally.failed(e.getStatus());
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Member> memberOn(Seat seat, List<Member> members) {
        String url = rack.peerUrl(seat.host());
        return members.stream()
                .filter(member -> member.getPeerURLsList().contains(url))
                .findFirst();
    }

    /** Takes one more member in, if there is a free seat. */
    synchronized void add() throws InterruptedException {
        Optional<Seat> free =
                rack.seats().stream().filter(seat -> !seat.isTaken()).findFirst();
        Optional<Seat> leader = leader();
        if (free.isEmpty() || leader.isEmpty()) {
            return;
        }
        try {
            long id = rack.door(leader.get().host())
                    .cluster(PATIENCE)
                    .memberAdd(MemberAddRequest.newBuilder()
                            .addPeerURLs(rack.peerUrl(free.get().host()))
                            .setIsLearner(true)
                            .build())
                    .getMember()
                    .getID();
            seatNew(free.get(), id);
        } catch (StatusRuntimeException e) {
            tally.failed(e.getStatus());
        }
    }

    private void seatNew(Seat seat, long id) throws InterruptedException {
        everStarted.add(id);
        rack.startAdded(seat, id);
        long end = System.nanoTime() + PROMOTION.toNanos();
        while (!promote(id) && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private boolean promote(long id) {
        try {
            Optional<Seat> leader = leader();
            if (leader.isEmpty()) {
                return false;
            }
            rack.door(leader.get().host())
                    .cluster(PATIENCE)
                    .memberPromote(MemberPromoteRequest.newBuilder().setID(id).build());
            return true;
        } catch (StatusRuntimeException e) {
            tally.failed(e.getStatus());
            return false;
        }
    }

    /** Takes a member out, and its data away when it is surely out. */
    synchronized void remove(Seat seat) {
        Optional<List<Member>> members = list();
        Optional<Member> member = members.flatMap(all -> memberOn(seat, all));
        Optional<Seat> leader = leader();
        if (member.isPresent() && leader.isPresent()) {
            try {
                rack.door(leader.get().host())
                        .cluster(PATIENCE)
                        .memberRemove(MemberRemoveRequest.newBuilder()
                                .setID(member.get().getID())
                                .build());
            } catch (StatusRuntimeException e) {
                tally.failed(e.getStatus());
            }
        }
        if (isOut(seat)) {
            rack.clear(seat);
        }
    }

    /** Does something while nobody is added or removed; whether it did it. */
    synchronized boolean undisturbed(BooleanSupplier act) {
        return act.getAsBoolean();
    }

    /** Whether a majority would be left if any one of the members never came back. */
    boolean canSpareOne() {
        return list().map(Membership::canSpareOne).orElse(false);
    }

    static boolean canSpareOne(List<Member> members) {
        return members.stream().filter(member -> !member.getIsLearner()).count() >= 3;
    }

    /** Whether the others say that the member there is none any more. */
    synchronized boolean isOut(Seat seat) {
        return list().map(all -> memberOn(seat, all).isEmpty()).orElse(false);
    }

    /** One step towards a cluster in which every seat that is taken is a voter that runs; true when that is so. */
    synchronized boolean reconcile(int fewest) throws InterruptedException {
        Optional<List<Member>> listed = list();
        if (listed.isEmpty()) {
            return false;
        }
        List<Member> members = listed.get();
        for (Seat seat : new ArrayList<>(rack.taken())) {
            Optional<Member> member = memberOn(seat, members);
            if (member.isEmpty()) {
                rack.clear(seat);
                return false;
            }
            if (seat.isBroken()) {
                remove(seat);
                return false;
            }
            if (member.get().getIsLearner()) {
                promote(member.get().getID());
                return false;
            }
        }
        for (Seat seat : rack.seats()) {
            Optional<Member> member = memberOn(seat, members);
            if (member.isPresent() && !seat.isTaken()) {
                adopt(seat, member.get().getID());
                return false;
            }
        }
        if (members.size() < fewest) {
            add();
            return false;
        }
        return true;
    }

    /** It was added, but nobody heard so. */
    private void adopt(Seat seat, long id) throws InterruptedException {
        if (everStarted.contains(id)) {
            throw new IllegalStateException("member %x is listed, but its data is gone".formatted(id));
        }
        seatNew(seat, id);
    }
}
