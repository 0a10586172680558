package io.kvorum.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.RaftError;
import io.kvorum.jraft.wire.PeerClient;
import io.kvorum.jraft.wire.PeerName;
import io.kvorum.jraft.wire.proto.ProgressRequest;
import io.kvorum.jraft.wire.proto.ProgressResponse;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Progress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Changes of the members, one after the other; each may be repeated after any failure. Any thread, which it blocks. */
final class Membership {
    /** How long a member is given for saying how far it is. */
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private static final Duration NUDGE = Duration.ofMillis(150);

    private final Node node;
    private final PeerClient client;
    private final String selfName;
    private final Supplier<List<Member>> latest;
    private final Semaphore turn = new Semaphore(1, true);

    Membership(Node node, PeerClient client, String selfName, Supplier<List<Member>> latest) {
        this.node = node;
        this.client = client;
        this.selfName = selfName;
        this.latest = latest;
    }

    void addLearner(Member learner, Deadline deadline) {
        Optional<Member> known = find(learner.id());
        if (known.isPresent()) {
            if (!known.get().peerAddress().equals(learner.peerAddress())) {
                throw new IllegalArgumentException("member %s is there already, at %s instead of %s; remove it first"
                        .formatted(learner.id(), known.get().peerAddress(), learner.peerAddress()));
            }
            return;
        }
        change(
                "add member %s".formatted(learner.id()),
                deadline,
                done -> node.addLearners(List.of(PeerName.of(learner)), done));
    }

    private Optional<Member> find(MemberId id) {
        return latest.get().stream().filter(member -> member.id().equals(id)).findFirst();
    }

    Optional<PeerId> nameOf(MemberId id) {
        return find(id).map(PeerName::of);
    }

    private Member known(MemberId id) {
        return find(id).orElseThrow(() ->
                new IllegalArgumentException("there is no member %s; add it as a learner first".formatted(id)));
    }

    /**
     * The library does not turn a learner into a voter in one step. A crash between the two leaves a plain non-member,
     * which is added again as a learner.
     */
    void promote(MemberId id, Deadline deadline) {
        Member member = known(id);
        if (!member.isLearner()) {
            return;
        }
        PeerId peer = PeerName.of(member);
        requireCaughtUp(id, deadline);
        change(
                "take member %s out of the learners".formatted(id),
                deadline,
                done -> node.removeLearners(List.of(peer), done));
        try {
            change("give member %s its vote".formatted(id), deadline, done -> node.addPeer(peer, done));
        } catch (LogUnavailable e) {
            node.addLearners(List.of(peer), _ -> {});
            throw e;
        }
    }

    private void requireCaughtUp(MemberId id, Deadline deadline) {
        Progress progress = progress(id, deadline);
        if (!progress.isCaughtUp()) {
            throw new LogUnavailable(
                    "member %s cannot get its vote yet: it lacks %d entries, at most %d may be missing; try again later"
                            .formatted(id, progress.missing(), Progress.CAUGHT_UP_ENTRIES));
        }
    }

    Progress progress(MemberId id, Deadline deadline) {
        PeerId peer = PeerName.of(known(id));
        try {
            return progress(id, peer, deadline);
        } catch (IllegalStateException e) {
            throw new LogUnavailable("this member's log has stopped: " + e.getMessage(), e);
        }
    }

    private Progress progress(MemberId id, PeerId peer, Deadline deadline) {
        if (peer.toString().equals(selfName)) {
            return new Progress(node.getLastLogIndex(), node.getLastAppliedLogIndex(), 0);
        }
        var question = ProgressRequest.newBuilder().setServerId(selfName).build();
        Deadline end = deadline.atMost(ANSWER);
        try {
            var answer = client.ask(peer, question, end.remaining())
                    .get(end.remaining().toMillis() + 100, TimeUnit.MILLISECONDS);
            if (answer instanceof ProgressResponse progress) {
                long missing = Math.max(0, node.getLastCommittedIndex() - progress.getLastIndex());
                return new Progress(progress.getLastIndex(), progress.getAppliedIndex(), missing);
            }
            throw new LogUnavailable("member %s did not say how far it is but: %s".formatted(id, answer));
        } catch (InterruptedException e) {
            throw deadline.interrupted("asking member %s how far it is".formatted(id), e);
        } catch (ExecutionException | TimeoutException e) {
            throw new LogUnavailable(
                    "member %s did not say how far it is (%s); is it running?".formatted(id, e.getMessage()), e);
        }
    }

    /** Asks again and again; ends early when this member leads no more. */
    void awaitCaughtUp(MemberId id, Deadline deadline) {
        String last = "it has not answered yet";
        while (node.isLeader(false)) {
            try {
                Progress progress = progress(id, deadline);
                if (progress.isCaughtUp()) {
                    return;
                }
                last = "it lacks %d entries".formatted(progress.missing());
            } catch (LogUnavailable e) {
                last = String.valueOf(e.getMessage());
            }
            deadline.pause("see member %s catch up: %s".formatted(id, last));
        }
        throw new LogUnavailable("this member leads no more");
    }

    void remove(MemberId id, Deadline deadline) {
        Optional<Member> member = find(id);
        if (member.isEmpty()) {
            return;
        }
        PeerId peer = PeerName.of(member.get());
        String what = "remove member %s".formatted(id);
        if (member.get().isLearner()) {
            change(what, deadline, done -> node.removeLearners(List.of(peer), done));
            return;
        }
        if (latest.get().stream().filter(other -> !other.isLearner()).count() == 1) {
            throw new IllegalArgumentException(
                    "member %s is the only one with a vote and cannot be removed".formatted(id));
        }
        if (peer.toString().equals(selfName) && handOver()) {
            throw new LogUnavailable("this member handed on the lead, to be removed by another");
        }
        change(what, deadline, done -> node.removePeer(peer, done));
    }

    /** Spares the others the election that a leader's own removal costs. */
    private boolean handOver() {
        return node.transferLeadershipTo(PeerId.ANY_PEER).isOk();
    }

    /** A member that was elected just now is still busy with the first entry of its term: it is asked again. */
    void resetToSelf(PeerId self, Deadline deadline) {
        while (true) {
            Status status = node.resetPeers(new Configuration(List.of(self)));
            if (status.isOk()) {
                return;
            }
            if (status.getRaftError() != RaftError.EBUSY) {
                throw new LogUnavailable("could not make this member the only one: " + status.getErrorMsg());
            }
            deadline.pause("make this member the only one: " + status.getErrorMsg());
        }
    }

    void transfer(MemberId to) {
        Member target = known(to);
        if (target.isLearner()) {
            throw new IllegalArgumentException("member %s is a learner and cannot lead".formatted(to));
        }
        Status status = node.transferLeadershipTo(PeerName.of(target));
        if (!status.isOk()) {
            throw new LogUnavailable("could not hand the lead to %s: %s".formatted(to, status.getErrorMsg()));
        }
    }

    /** Lets one change at a time through, in the order they came. */
    void inTurn(String what, Deadline deadline, Runnable change) {
        try {
            if (!turn.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new LogUnavailable(
                        "could not %s in time: other changes of the members are under way".formatted(what));
            }
        } catch (InterruptedException e) {
            throw deadline.interrupted(what, e);
        }
        try {
            change.run();
        } finally {
            turn.release();
        }
    }

    private void change(String what, Deadline deadline, Consumer<Closure> start) {
        while (true) {
            Status status = attempt(what, deadline, start);
            if (status.isOk()) {
                return;
            }
            if (status.getRaftError() != RaftError.EBUSY) {
                throw new LogUnavailable(
                        "could not %s: %s (%s)".formatted(what, status.getErrorMsg(), status.getRaftError()));
            }
            deadline.pause(what + ": another change of the members is under way");
        }
    }

    /**
     * The library looks whether a new voter has caught up only when entries are answered, and misses an answer that came
     * before it began to look: without further entries it would then wait for good.
     */
    private Status await(CompletableFuture<Status> ended, Deadline deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        while (true) {
            try {
                Duration wait = deadline.atMost(NUDGE).remaining();
                return ended.get(wait.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (deadline.isOver()) {
                    throw e;
                }
                nudge();
            }
        }
    }

    /** An entry without content, which state machines pass over. */
    private void nudge() {
        try {
            node.apply(new Task(ByteBuffer.allocate(0), _ -> {}));
        } catch (IllegalStateException _) {
            // Stopping, or too much is under way, which nudges as well.
        }
    }

    private Status attempt(String what, Deadline deadline, Consumer<Closure> start) {
        var ended = new CompletableFuture<Status>();
        try {
            start.accept(ended::complete);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new LogUnavailable("could not %s: %s".formatted(what, e.getMessage()), e);
        }
        try {
            return await(ended, deadline);
        } catch (TimeoutException e) {
            throw new LogUnavailable(
                    "could not %s in time; it may still happen. Is a majority of the members running?".formatted(what),
                    e);
        } catch (InterruptedException e) {
            throw deadline.interrupted(what, e);
        } catch (ExecutionException e) {
            throw new LogUnavailable("could not " + what, e);
        }
    }
}
