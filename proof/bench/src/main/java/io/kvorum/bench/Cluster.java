package io.kvorum.bench;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.MoveLeaderRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Three members of one rival. One thread. */
final class Cluster implements AutoCloseable {
    private static final Duration SETTLING = Duration.ofMinutes(2);
    private static final long CALL_MILLIS = 1500;

    private final Rival rival;
    private final List<Seat> seats;
    private final List<MemberProcess> members = new ArrayList<>();
    private final List<ManagedChannel> channels;

    Cluster(Rival rival, List<Seat> seats, Wires wires) {
        this.rival = rival;
        this.seats = List.copyOf(seats);
        this.channels = seats.stream().map(wires::open).toList();
    }

    void start() {
        for (Seat seat : seats) {
            members.add(MemberProcess.start(rival.command(seat, seats), seat.folder()));
        }
        awaitLeader();
    }

    Rival rival() {
        return rival;
    }

    Seat seat(int member) {
        return seats.get(member);
    }

    int size() {
        return seats.size();
    }

    ManagedChannel channel(int member) {
        return channels.get(member);
    }

    List<ProcessFigures> figures() {
        return members.stream().map(MemberProcess::figures).toList();
    }

    double cpuSeconds() {
        return figures().stream().mapToDouble(ProcessFigures::cpuSeconds).sum();
    }

    long writtenBytes() {
        return figures().stream().mapToLong(ProcessFigures::writtenBytes).sum();
    }

    void pause() {
        members.forEach(MemberProcess::pause);
    }

    void resume() {
        members.forEach(MemberProcess::resume);
        awaitLeader();
    }

    /** The member that all agree on as their leader, once a write goes through it. */
    int awaitLeader() {
        return Patience.until(SETTLING, () -> rival.name() + " has no leader", () -> {
            Optional<Integer> leader = leader();
            return leader.filter(this::writes);
        });
    }

    private Optional<Integer> leader() {
        List<StatusResponse> answers = new ArrayList<>();
        for (int member = 0; member < size(); member++) {
            answers.add(status(member).orElse(StatusResponse.getDefaultInstance()));
        }
        long leader = answers.getFirst().getLeader();
        boolean isAgreed = leader != 0 && answers.stream().allMatch(answer -> answer.getLeader() == leader);
        return isAgreed ? indexOf(answers, leader) : Optional.empty();
    }

    private static Optional<Integer> indexOf(List<StatusResponse> answers, long id) {
        return IntStream.range(0, answers.size())
                .filter(i -> answers.get(i).getHeader().getMemberId() == id)
                .boxed()
                .findFirst();
    }

    Optional<StatusResponse> status(int member) {
        try {
            return Optional.of(maintenance(member).status(StatusRequest.getDefaultInstance()));
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    private MaintenanceGrpc.MaintenanceBlockingStub maintenance(int member) {
        return MaintenanceGrpc.newBlockingStub(awake(member)).withDeadlineAfter(CALL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private KVGrpc.KVBlockingStub keys(int member) {
        return KVGrpc.newBlockingStub(awake(member)).withDeadlineAfter(CALL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** A channel that failed while its member was away does not wait before it tries again. */
    private ManagedChannel awake(int member) {
        ManagedChannel channel = channels.get(member);
        channel.resetConnectBackoff();
        return channel;
    }

    private boolean writes(int member) {
        PutRequest probe = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("/probe"))
                .setValue(ByteString.copyFromUtf8("x"))
                .build();
        try {
            return keys(member).put(probe).getHeader().getRevision() > 0;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    /** Makes the member the leader, so that every measurement finds the same one leading. */
    void lead(int wanted) {
        var _ = Patience.until(SETTLING, () -> rival.name() + " does not move its leader", () -> {
            int leader = awaitLeader();
            if (leader == wanted) {
                return Optional.of(leader);
            }
            status(wanted).ifPresent(status -> move(leader, status.getHeader().getMemberId()));
            return Optional.empty();
        });
    }

    private void move(int leader, long target) {
        try {
            var _ = maintenance(leader)
                    .moveLeader(
                            MoveLeaderRequest.newBuilder().setTargetID(target).build());
        } catch (StatusRuntimeException e) {
            // It is looked at again, and tried again, until the time is up.
        }
    }

    /** Drops all history, as a Kubernetes API server has it done every five minutes. */
    void compact() {
        int leader = awaitLeader();
        long newest = status(leader).orElseThrow().getHeader().getRevision();
        try {
            var _ = KVGrpc.newBlockingStub(channels.get(leader))
                    .withDeadlineAfter(60, TimeUnit.SECONDS)
                    .compact(CompactionRequest.newBuilder()
                            .setRevision(newest)
                            .setPhysical(true)
                            .build());
        } catch (StatusRuntimeException e) {
            throw new IllegalStateException(rival.name() + " cannot compact at " + newest, e);
        }
    }

    void kill(int member) {
        members.get(member).kill();
    }

    /** Starts a killed member and waits until it has what the leader has. */
    void restart(int member) {
        members.set(
                member,
                MemberProcess.start(
                        rival.command(seats.get(member), seats),
                        seats.get(member).folder()));
        int leader = awaitLeader();
        long newest = status(leader).orElseThrow().getRaftIndex();
        var _ = Patience.until(
                SETTLING,
                () -> rival.name() + " does not catch up",
                () -> status(member)
                        .filter(status -> status.getRaftAppliedIndex() >= newest || status.getRaftIndex() >= newest)
                        .map(status -> member));
    }

    /** Asks a member to end and waits until it did. */
    void end(int member, Duration patience) {
        members.get(member).end(patience);
    }

    /** Ends all members; may be called again, and by the thread that runs when the process is asked to end. */
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        members.forEach(MemberProcess::close);
    }

    @Override
    public void close() {
        stop();
    }
}
