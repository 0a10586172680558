package io.kvorum.jraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import io.kvorum.jraft.wire.PeerClient;
import io.kvorum.jraft.wire.PeerName;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.Member;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells followers at once that an entry is committed. The library tells them with the next entries or the next heartbeat,
 * so that a write at a follower of a quiet cluster would wait for a heartbeat. The message is a heartbeat like any other,
 * which claims the committed entry as the one before it; a member with entries on their way is told when it has answered
 * them. While no follower asks this member anything, nobody there waits for it: then it is told a little later, so that
 * one writer's entry after entry does not cost a message more each. Any thread.
 */
final class CommitTeller {
    private static final Duration NO_ANSWER_NEEDED = Duration.ofMillis(500);

    private static final Duration LITTLE_LATER = Duration.ofMillis(5);
    /** Who has asked lately may well ask again. */
    private static final Duration LATELY = Duration.ofSeconds(1);

    private final Node node;
    private final PeerId self;
    private final LogFiles files;
    private final Supplier<Leadership> leadership;
    private final Supplier<List<Member>> members;
    private final Executor executor;
    private final ScheduledExecutorService timers;
    private final AtomicBoolean telling = new AtomicBoolean();
    private final Map<PeerId, Long> told = new ConcurrentHashMap<>();
    private volatile @Nullable PeerClient client;
    private volatile long lastAsked = System.nanoTime() - LATELY.toNanos();

    CommitTeller(
            Node node,
            PeerId self,
            LogFiles files,
            Supplier<Leadership> leadership,
            Supplier<List<Member>> members,
            Executor executor,
            ScheduledExecutorService timers) {
        this.node = node;
        this.self = self;
        this.files = files;
        this.leadership = leadership;
        this.members = members;
        this.executor = executor;
        this.timers = timers;
    }

    void startWith(PeerClient with) {
        client = with;
        with.whenQuiet(this::tell);
    }

    void tell() {
        PeerClient via = client;
        if (via == null || !leadership.get().isSelf() || members.get().size() < 2) {
            return;
        }
        if (telling.compareAndSet(false, true)) {
            if (System.nanoTime() - lastAsked < LATELY.toNanos()) {
                tellNow(via);
            } else {
                timers.schedule(() -> tellNow(via), LITTLE_LATER.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void tellNow(PeerClient via) {
        try {
            executor.execute(() -> tellAll(via));
        } catch (RejectedExecutionException _) {
            telling.set(false); // busy: the next heartbeat will do
        }
    }

    /** A follower handed in an entry or asked how far to read. */
    void asked() {
        lastAsked = System.nanoTime();
    }

    private void tellAll(PeerClient via) {
        telling.set(false);
        Leadership now = leadership.get();
        long committed = committed();
        long term = files.getTerm(committed);
        if (!now.isSelf() || term == 0) {
            return;
        }
        for (Member member : members.get()) {
            PeerId peer = PeerName.of(member);
            boolean isNews = told.getOrDefault(peer, 0L) < committed;
            if (!peer.equals(self) && isNews && via.isQuiet(peer)) {
                told.put(peer, committed);
                var _ = via.ask(peer, heartbeat(peer, now.term(), committed, term), NO_ANSWER_NEEDED);
            }
        }
    }

    /** 0 once the log has stopped, of which there is no term. */
    private long committed() {
        try {
            return node.getLastCommittedIndex();
        } catch (IllegalStateException _) {
            return 0;
        }
    }

    private AppendEntriesRequest heartbeat(PeerId peer, long term, long committed, long committedTerm) {
        return AppendEntriesRequest.newBuilder()
                .setGroupId(PeerRpcFactory.GROUP)
                .setServerId(self.toString())
                .setPeerId(peer.toString())
                .setTerm(term)
                .setPrevLogIndex(committed)
                .setPrevLogTerm(committedTerm)
                .setCommittedIndex(committed)
                .build();
    }
}
