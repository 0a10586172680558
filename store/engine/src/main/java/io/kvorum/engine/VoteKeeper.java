package io.kvorum.engine;

import io.kvorum.mvcc.MemberRecord;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.ReplicatedLog;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives members the vote that is due to them as soon as they have caught up, while this member leads. One that the log
 * lost between learner and voter, because the leader died just then, is added again. Who does not lead only watches, to
 * know what to do when it does. It has a thread of its own.
 */
final class VoteKeeper implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(VoteKeeper.class);
    private static final Duration LOOK = Duration.ofMillis(100);
    /** While another leads: long enough to cost nothing. */
    private static final Duration NAP = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ReplicatedLog log;
    private final Supplier<List<MemberRecord>> records;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    /** Who was seen on the way to its vote. */
    private final Set<MemberId> learners = new HashSet<>();

    private volatile boolean isLeading;

    VoteKeeper(ReplicatedLog log, Supplier<List<MemberRecord>> records) {
        this.log = log;
        this.records = records;
        this.thread = Thread.ofVirtual().name("vote-keeper").start(this::run);
    }

    void leadership(@Nullable Fence fence) {
        isLeading = fence != null;
    }

    private void run() {
        try {
            while (!closed.await((isLeading ? LOOK : NAP).toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        for (MemberRecord record : records.get()) {
            if (record.isVoteDue()) {
                try {
                    lookAfter(record);
                } catch (LogUnavailable | IllegalArgumentException e) {
                    logger.atDebug()
                            .addKeyValue("member", Long.toHexString(record.id()))
                            .addKeyValue("reason", e.getMessage())
                            .log("a member cannot get its vote yet");
                }
            }
        }
    }

    private void lookAfter(MemberRecord record) {
        MemberId id = new MemberId(record.id());
        Optional<Member> known =
                log.members().stream().filter(one -> one.id().equals(id)).findFirst();
        if (known.isPresent() && known.get().isLearner()) {
            learners.add(id);
        }
        if (!isLeading) {
            return;
        }
        if (known.isEmpty()) {
            if (!learners.contains(id)) {
                return; // the record is of another time, for example of a snapshot that was restored
            }
            InetSocketAddress address = Members.address(record.peerUrls());
            log.addLearner(new Member(id, address, true), PATIENCE);
        } else if (known.get().isLearner()
                && log.progress(id, LOOK.multipliedBy(5)).isCaughtUp()) {
            log.promote(id, PATIENCE);
            logger.atInfo().addKeyValue("member", id).log("a member has caught up and got its vote");
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
