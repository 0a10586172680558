package io.kvorum.jraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.rpc.RpcRequests;
import com.google.protobuf.Message;
import io.kvorum.jraft.wire.AskFailed;
import io.kvorum.jraft.wire.PeerClient;
import io.kvorum.jraft.wire.PeerName;
import io.kvorum.jraft.wire.proto.MemberPlace;
import io.kvorum.jraft.wire.proto.MembersRequest;
import io.kvorum.jraft.wire.proto.MembersResponse;
import io.kvorum.jraft.wire.proto.MembersResponse.Outcome;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Progress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the members, and questions about them, asked of any member: the leader does them, the others hand them on to
 * it, again if need be, since each may be repeated. Any thread, which it blocks.
 */
final class MemberChanges {
    /** Changes handed on to this member and not done yet; more are told to come again. */
    private static final int MOST_HANDED_ON = 64;

    /** Beyond the asker's patience, so that the leader's own words arrive. */
    private static final Duration GRACE = Duration.ofMillis(200);

    /** A leader that fell silent is asked again, or its successor. */
    private static final Duration ONE_ASK = Duration.ofSeconds(5);

    private final Node node;
    private final String selfName;
    private final Membership membership;
    private final PeerClient client;
    private final Supplier<@Nullable PeerId> leader;
    private final Consumer<PeerId> farewell;
    private final Semaphore handedOn = new Semaphore(MOST_HANDED_ON);

    MemberChanges(
            Node node,
            String selfName,
            Membership membership,
            PeerClient client,
            Supplier<@Nullable PeerId> leader,
            Consumer<PeerId> farewell) {
        this.farewell = farewell;
        this.node = node;
        this.selfName = selfName;
        this.membership = membership;
        this.client = client;
        this.leader = leader;
    }

    void addLearner(Member learner, Deadline deadline) {
        PeerId name = PeerName.of(learner);
        InetSocketAddress address = PeerName.address(name);
        var place = MemberPlace.newBuilder()
                .setId(learner.id().value())
                .setHost(address.getHostString())
                .setPort(address.getPort());
        var _ = run(question().setAddLearner(place), "add member " + learner.id(), deadline);
    }

    void promote(MemberId id, Deadline deadline) {
        var _ = run(question().setPromote(id.value()), "promote member " + id, deadline);
    }

    void remove(MemberId id, Deadline deadline) {
        var _ = run(question().setRemove(id.value()), "remove member " + id, deadline);
    }

    Progress progress(MemberId id, Deadline deadline) {
        return run(question().setProgress(id.value()), "ask how far member %s is".formatted(id), deadline);
    }

    void awaitCaughtUp(MemberId id, Deadline deadline) {
        var _ = run(question().setAwaitCaughtUp(id.value()), "see member %s catch up".formatted(id), deadline);
    }

    private MembersRequest.Builder question() {
        return MembersRequest.newBuilder().setServerId(selfName);
    }

    private Progress run(MembersRequest.Builder act, String what, Deadline deadline) {
        while (true) {
            MembersResponse answer = node.isLeader(false) ? here(act.build(), deadline) : atLeader(act, deadline);
            switch (answer.getOutcome()) {
                case DONE -> {
                    return new Progress(answer.getLastIndex(), answer.getAppliedIndex(), answer.getMissing());
                }
                case REFUSED -> throw new IllegalArgumentException(answer.getReason());
                case UNAVAILABLE -> throw new LogUnavailable(answer.getReason());
                case NOT_LEADER, UNKNOWN, UNRECOGNIZED -> deadline.pause("%s: %s".formatted(what, answer.getReason()));
            }
        }
    }

    private MembersResponse here(MembersRequest act, Deadline deadline) {
        try {
            return act(act, deadline).build();
        } catch (IllegalArgumentException e) {
            return answer(Outcome.REFUSED, e.getMessage());
        } catch (LogUnavailable e) {
            return answer(node.isLeader(false) ? Outcome.UNAVAILABLE : Outcome.NOT_LEADER, e.getMessage());
        }
    }

    private MembersResponse.Builder act(MembersRequest act, Deadline deadline) {
        switch (act.getActCase()) {
            case ADD_LEARNER -> {
                MemberPlace place = act.getAddLearner();
                var learner = new Member(
                        new MemberId(place.getId()), PeerName.address(place.getHost(), place.getPort()), true);
                membership.inTurn(
                        "add member " + learner.id(), deadline, () -> membership.addLearner(learner, deadline));
            }
            case PROMOTE -> {
                var id = new MemberId(act.getPromote());
                membership.inTurn("promote member " + id, deadline, () -> membership.promote(id, deadline));
            }
            case REMOVE -> {
                var id = new MemberId(act.getRemove());
                Optional<PeerId> peer = membership.nameOf(id);
                membership.inTurn("remove member " + id, deadline, () -> membership.remove(id, deadline));
                peer.ifPresent(farewell); // else it would learn only when it asks
            }
            case PROGRESS -> {
                Progress progress = membership.progress(new MemberId(act.getProgress()), deadline);
                return MembersResponse.newBuilder()
                        .setOutcome(Outcome.DONE)
                        .setLastIndex(progress.lastIndex())
                        .setAppliedIndex(progress.appliedIndex())
                        .setMissing(progress.missing());
            }
            case AWAIT_CAUGHT_UP -> membership.awaitCaughtUp(new MemberId(act.getAwaitCaughtUp()), deadline);
            case ACT_NOT_SET -> throw new IllegalArgumentException("the question is of a later version");
        }
        return MembersResponse.newBuilder().setOutcome(Outcome.DONE);
    }

    private MembersResponse atLeader(MembersRequest.Builder act, Deadline deadline) {
        PeerId asked = leader.get();
        if (asked == null) {
            return answer(Outcome.NOT_LEADER, "no member leads now; is a majority of the members running?");
        }
        Deadline once = deadline.atMost(ONE_ASK);
        act.setPatienceMillis(Math.max(1, once.remaining().toMillis()));
        Duration wait = once.remaining().plus(GRACE);
        try {
            return answer(client.ask(asked, act.build(), wait).get(wait.toMillis(), TimeUnit.MILLISECONDS), deadline);
        } catch (InterruptedException e) {
            throw deadline.interrupted("ask the leader", e);
        } catch (TimeoutException e) {
            return answer(Outcome.NOT_LEADER, "the leader did not answer");
        } catch (ExecutionException e) {
            String reason =
                    e.getCause() instanceof AskFailed failed ? failed.getMessage() : String.valueOf(e.getCause());
            return answer(
                    Outcome.NOT_LEADER, "the leader %s could not be asked: %s".formatted(PeerName.id(asked), reason));
        }
    }

    /** What the leader could not do in the part of the time it was given it may be able to do in the rest. */
    private static MembersResponse answer(Message message, Deadline deadline) {
        return switch (message) {
            case MembersResponse answer
            when answer.getOutcome() == Outcome.UNAVAILABLE
                    && answer.getReason().startsWith(Deadline.TIME_IS_OVER)
                    && !deadline.isOver() -> answer(Outcome.NOT_LEADER, answer.getReason());
            case MembersResponse answer -> answer;
            case RpcRequests.ErrorResponse error -> answer(Outcome.NOT_LEADER, error.getErrorMsg());
            default -> answer(Outcome.UNAVAILABLE, "the leader answered with a " + message.getClass());
        };
    }

    private static MembersResponse answer(Outcome outcome, @Nullable String reason) {
        return MembersResponse.newBuilder()
                .setOutcome(outcome)
                .setReason(String.valueOf(reason))
                .build();
    }

    /** A question another member handed on to this one as the leader; answered from a thread of its own. */
    void takeHandedOn(MembersRequest request, Consumer<Message> reply) {
        if (!node.isLeader(false)) {
            reply.accept(answer(Outcome.NOT_LEADER, "the member asked leads no more"));
            return;
        }
        if (!handedOn.tryAcquire()) {
            reply.accept(answer(Outcome.NOT_LEADER, "too many changes of the members wait at the leader"));
            return;
        }
        Deadline deadline = Deadline.in(Duration.ofMillis(request.getPatienceMillis()));
        Thread.ofVirtual().name("members-change").start(() -> {
            try {
                reply.accept(here(request, deadline));
            } finally {
                handedOn.release();
            }
        });
    }
}
