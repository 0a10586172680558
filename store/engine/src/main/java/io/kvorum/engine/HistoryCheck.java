package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Alarm;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.ReplicatedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the members' histories by their hashes, as etcd's corruption check does, while this member leads: soon after
 * it began to, and every few minutes. Who differs from most of the members gets the alarm that stops all; when nobody is
 * in the majority nobody can tell who is right, and all get it. It has a thread of its own.
 */
final class HistoryCheck implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(HistoryCheck.class);
    private static final Duration AFTER_ELECTION = Duration.ofSeconds(20);
    private static final Duration EVERY = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ReplicatedLog log;
    private final Upkeep upkeep;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean isLeading;

    HistoryCheck(ReplicatedLog log, Upkeep upkeep) {
        this.log = log;
        this.upkeep = upkeep;
        log.answerWith(this::answer);
        this.thread = Thread.ofVirtual().name("history-check").start(this::run);
    }

    void leadership(@Nullable Fence fence) {
        isLeading = fence != null;
    }

    private void run() {
        try {
            Duration pause = AFTER_ELECTION;
            while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                pause = isLeading ? EVERY : AFTER_ELECTION;
                if (isLeading) {
                    checkQuietly();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkQuietly() {
        try {
            List<MemberId> odd = check();
            if (!odd.isEmpty()) {
                logger.atError().addKeyValue("members", odd).log("the members' histories differ");
            }
        } catch (StoreException | LogUnavailable e) {
            logger.atDebug().setCause(e).log("the members' histories could not be compared");
        }
    }

    /**
     * Who differs; the alarm is then on. Members that do not answer, or have compacted elsewhere, are passed over. Since
     * the alarm stops the cluster, it takes two looks that agree.
     */
    List<MemberId> check() {
        if (log.members().size() < 2 || compare().isEmpty()) {
            return List.of();
        }
        List<MemberId> odd = compare();
        for (MemberId member : odd) {
            Alarm alarm = new Alarm(member.value(), Alarm.Kind.CORRUPT);
            if (!upkeep.alarms().contains(alarm)) {
                upkeep.raise(alarm);
            }
        }
        return odd;
    }

    private List<MemberId> compare() {
        Upkeep.HistoryHash own = upkeep.hashHistory(Revision.ZERO);
        Map<MemberId, Integer> hashes = new HashMap<>();
        hashes.put(log.self(), own.hash());
        for (Member member : log.members()) {
            if (!member.id().equals(log.self())) {
                Integer hash = hashAt(member.id(), own);
                if (hash != null) {
                    hashes.put(member.id(), hash);
                }
            }
        }
        return odd(hashes);
    }

    private static List<MemberId> odd(Map<MemberId, Integer> hashes) {
        Map<Integer, Integer> votes = new HashMap<>();
        hashes.values().forEach(hash -> votes.merge(hash, 1, Integer::sum));
        List<MemberId> odd = new ArrayList<>();
        hashes.forEach((member, hash) -> {
            if (2 * votes.getOrDefault(hash, 0) <= hashes.size()) {
                odd.add(member);
            }
        });
        odd.sort(Comparator.comparing(MemberId::value, Long::compareUnsigned));
        return odd;
    }

    /** Null when the member cannot say it of the same piece of history. */
    private @Nullable Integer hashAt(MemberId member, Upkeep.HistoryHash own) {
        ByteWriter question = new ByteWriter(16);
        question.number(own.upTo().value());
        try {
            Bytes answer = log.ask(member, question.toBytes(), PATIENCE);
            if (answer.isEmpty()) {
                return null;
            }
            ByteReader in = new ByteReader(answer);
            long upTo = in.number();
            long compacted = in.number();
            int hash = (int) in.number();
            return upTo == own.upTo().value() && compacted == own.compacted().value() ? hash : null;
        } catch (LogUnavailable e) {
            return null;
        }
    }

    /** Another member leads and asks; empty when this one cannot say. */
    private Bytes answer(Bytes question) {
        Revision upTo = new Revision(new ByteReader(question).number());
        try {
            Upkeep.HistoryHash own = upkeep.hashHistory(upTo);
            ByteWriter answer = new ByteWriter(16);
            answer.number(own.upTo().value());
            answer.number(own.compacted().value());
            answer.number(own.hash());
            return answer.toBytes();
        } catch (StoreException e) {
            return Bytes.EMPTY;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
