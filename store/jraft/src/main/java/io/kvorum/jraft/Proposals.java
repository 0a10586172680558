package io.kvorum.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RpcRequests;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.kvorum.jraft.wire.AskFailed;
import io.kvorum.jraft.wire.PeerClient;
import io.kvorum.jraft.wire.proto.ForwardRequest;
import io.kvorum.jraft.wire.proto.ForwardResponse;
import io.kvorum.raft.Proposal;
import io.kvorum.raft.Proposal.Refusal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entries handed in at this member, by its callers or by other members as to their leader: bounded in number and
 * bytes, each ends committed or refused, none is lost. Any thread.
 */
final class Proposals {
    /** A leader that took an entry and does not say what became of it for this long: the caller may as well give up. */
    private static final Duration FORWARD_TIMEOUT = Duration.ofSeconds(15);

    private static final Duration AWAIT_LEADER = Duration.ofSeconds(1);
    /** What is handed in here is bounded already, so this only holds a burst back until the leader has room for it. */
    private static final Duration AWAIT_ROOM = Duration.ofSeconds(5);

    private static final long AGAIN_AFTER_MILLIS = 20;

    private static final int ALL = 1;
    /** What others hand on can wait with them; the leader's own clients are never without room because of it. */
    private static final int HALF = 2;

    private final JRaftLogConfig.Limits limits;
    private final Node node;
    private final String selfName;
    private final PeerClient client;
    private final Supplier<@Nullable PeerId> leader;
    private final Executor refusals;
    private final ScheduledExecutorService timers;
    private final DiskRoom room;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Ticket> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String stopped;

    Proposals(
            JRaftLogConfig.Limits limits,
            Node node,
            String selfName,
            PeerClient client,
            Supplier<@Nullable PeerId> leader,
            Executor refusals,
            ScheduledExecutorService timers,
            DiskRoom room) {
        this.room = room;
        this.limits = limits;
        this.node = node;
        this.selfName = selfName;
        this.client = client;
        this.leader = leader;
        this.refusals = refusals;
        this.timers = timers;
    }

    void propose(Proposal proposal) {
        int size = proposal.entry().length();
        if (size > limits.entryBytes()) {
            throw new IllegalArgumentException(
                    "an entry of %d bytes is over the limit of %d".formatted(size, limits.entryBytes()));
        }
        String why = stopped == null ? room.shortage().orElse(null) : stopped;
        if (why != null) {
            refuse(proposal, new Refusal.Stopped(why));
            return;
        }
        if (enter(size, ALL)) {
            hand(new Ticket(proposal));
        } else {
            refuse(proposal, new Refusal.Busy());
        }
    }

    private boolean enter(int size, int share) {
        int entriesNow = count.incrementAndGet();
        long bytesNow = bytes.addAndGet(size);
        if (entriesNow > limits.proposals() / share || bytesNow > limits.proposalBytes() / share) {
            leave(size);
            return false;
        }
        return true;
    }

    private void leave(int size) {
        count.decrementAndGet();
        bytes.addAndGet(-size);
    }

    private void hand(Ticket ticket) {
        open.add(ticket);
        if (node.isLeader(false)) {
            offer(ticket.proposal.entry().asReadOnlyBuffer(), end -> handed(ticket, end));
            return;
        }
        PeerId peer = leader.get();
        if (peer == null) {
            ticket.ended(Optional.of(new Refusal.NoLeader()));
        } else {
            forward(ticket, peer);
        }
    }

    private interface End {
        /** Empty when the entry was committed. */
        void ended(Optional<Refusal> refusal);
    }

    private void offer(ByteBuffer entry, End end) {
        // The library wants an array behind the buffer.
        ByteBuffer copy = ByteBuffer.allocate(entry.remaining()).put(entry).flip();
        Closure done = status -> end.ended(refusal(status));
        try {
            node.apply(new Task(copy, done));
        } catch (IllegalStateException _) {
            end.ended(Optional.of(new Refusal.Stopped("this member is stopping")));
        }
    }

    private static Optional<Refusal> refusal(Status status) {
        if (status.isOk()) {
            return Optional.empty();
        }
        String text = String.valueOf(status.getErrorMsg());
        return Optional.of(
                switch (status.getRaftError()) {
                    case EBUSY -> new Refusal.Busy();
                    case ENODESHUTDOWN -> new Refusal.Stopped(text);
                    // The same code also ends entries that are in the log when leadership is lost: those may still be
                    // committed.
                    case EPERM -> text.startsWith("Is not leader") ? new Refusal.NoLeader() : new Refusal.Unknown(text);
                    default -> new Refusal.Unknown(text);
                });
    }

    private void forward(Ticket ticket, PeerId peer) {
        ByteString entry =
                UnsafeByteOperations.unsafeWrap(ticket.proposal.entry().asReadOnlyBuffer());
        var request = ForwardRequest.newBuilder()
                .setServerId(selfName)
                .setEntry(entry)
                .build();
        var _ = client.ask(peer, request, FORWARD_TIMEOUT)
                .whenComplete((answer, failure) ->
                        handed(ticket, failure == null ? refusal(answer) : Optional.of(refusal(failure))));
    }

    /**
     * A leader that is not reached yet, leads no more, hands its lead over or has no room at once for a burst did not take
     * the entry: it is handed in again for a moment.
     */
    private void handed(Ticket ticket, Optional<Refusal> refusal) {
        Duration patience = refusal.map(Proposals::patience).orElse(Duration.ZERO);
        if (stopped == null && System.nanoTime() - ticket.begunNanos < patience.toNanos()) {
            timers.schedule(() -> hand(ticket), AGAIN_AFTER_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            ticket.ended(refusal);
        }
    }

    private static Duration patience(Refusal refusal) {
        return switch (refusal) {
            case Refusal.NoLeader _ -> AWAIT_LEADER;
            case Refusal.Busy _ -> AWAIT_ROOM;
            case Refusal.Unknown _, Refusal.Stopped _ -> Duration.ZERO;
        };
    }

    private static Optional<Refusal> refusal(Message answer) {
        return switch (answer) {
            case ForwardResponse forwarded ->
                switch (forwarded.getOutcome()) {
                    case COMMITTED -> Optional.empty();
                    case NO_LEADER -> Optional.of(new Refusal.NoLeader());
                    case BUSY -> Optional.of(new Refusal.Busy());
                    case STOPPED -> Optional.of(new Refusal.NoLeader());
                    case UNKNOWN, UNRECOGNIZED -> Optional.of(new Refusal.Unknown(forwarded.getReason()));
                };
            case RpcRequests.ErrorResponse error ->
                Optional.of(
                        error.getErrorCode() == RaftError.EBUSY.getNumber()
                                ? new Refusal.Busy()
                                : new Refusal.Unknown(error.getErrorMsg()));
            default -> Optional.of(new Refusal.Unknown("the leader answered with a " + answer.getClass()));
        };
    }

    private static Refusal refusal(Throwable failure) {
        Throwable wrapped = failure instanceof CompletionException ? failure.getCause() : null;
        Throwable cause = wrapped == null ? failure : wrapped;
        return cause instanceof AskFailed failed && failed.reach() == AskFailed.Reach.NOT_SENT
                ? new Refusal.NoLeader()
                : new Refusal.Unknown("the entry was passed on to the leader, then: " + cause.getMessage());
    }

    /** An entry another member handed on to this one as the leader. */
    void takeForwarded(ForwardRequest request, Consumer<ForwardResponse> reply) {
        if (!node.isLeader(false) || room.shortage().isPresent()) {
            reply.accept(response(Optional.of(new Refusal.NoLeader())));
            return;
        }
        int size = request.getEntry().size();
        if (!enter(size, HALF)) {
            reply.accept(response(Optional.of(new Refusal.Busy())));
            return;
        }
        AtomicBoolean ended = new AtomicBoolean();
        offer(request.getEntry().asReadOnlyByteBuffer(), end -> {
            if (ended.compareAndSet(false, true)) {
                leave(size);
                reply.accept(response(end));
            }
        });
    }

    private static ForwardResponse response(Optional<Refusal> refusal) {
        var response = ForwardResponse.newBuilder();
        if (refusal.isEmpty()) {
            return response.setOutcome(ForwardResponse.Outcome.COMMITTED).build();
        }
        return switch (refusal.get()) {
            case Refusal.NoLeader _ ->
                response.setOutcome(ForwardResponse.Outcome.NO_LEADER).build();
            case Refusal.Busy _ ->
                response.setOutcome(ForwardResponse.Outcome.BUSY).build();
            case Refusal.Unknown(String reason) ->
                response.setOutcome(ForwardResponse.Outcome.UNKNOWN)
                        .setReason(reason)
                        .build();
            case Refusal.Stopped(String reason) ->
                response.setOutcome(ForwardResponse.Outcome.STOPPED)
                        .setReason(reason)
                        .build();
        };
    }

    /** From now on everything is refused. */
    void stop(String reason) {
        stopped = reason;
    }

    /** Ends what is still under way; called when nothing can come of it any more. */
    void abandon() {
        open.forEach(ticket -> ticket.ended(Optional.of(new Refusal.Unknown("this member stopped meanwhile"))));
    }

    private void refuse(Proposal proposal, Refusal refusal) {
        try {
            refusals.execute(() -> proposal.refused(refusal));
        } catch (RejectedExecutionException _) {
            proposal.refused(refusal);
        }
    }

    private final class Ticket {
        private final Proposal proposal;
        private final AtomicBoolean ended = new AtomicBoolean();
        private final long begunNanos = System.nanoTime();

        Ticket(Proposal proposal) {
            this.proposal = proposal;
        }

        void ended(Optional<Refusal> refusal) {
            if (ended.compareAndSet(false, true)) {
                open.remove(this);
                leave(proposal.entry().length());
                refusal.ifPresent(r -> refuse(proposal, r));
            }
        }
    }
}
