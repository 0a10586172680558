package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Alarm;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.Proposal;
import io.kvorum.raft.ReplicatedLog;
import io.kvorum.raft.StateMachine;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryCheckTest {
    private static final MemberId SELF = new MemberId(1);
    private static final MemberId SECOND = new MemberId(2);
    private static final MemberId THIRD = new MemberId(3);

    @TempDir
    private Path folder;

    @Test
    void membersThatAgreeRaiseNoAlarm() {
        try (StoreScript script = written()) {
            Answers others = new Answers().with(SECOND, script, 0).with(THIRD, script, 0);
            assertThat(check(script, others)).isEmpty();
            assertThat(script.store().upkeep().alarms()).isEmpty();
        }
    }

    @Test
    void whoDiffersFromMostGetsTheAlarmAndKeysAreServedNoMore() {
        try (StoreScript script = written()) {
            Answers others = new Answers().with(SECOND, script, 1).with(THIRD, script, 0);
            assertThat(check(script, others)).containsExactly(SECOND);
            assertThat(script.store().upkeep().alarms()).containsExactly(new Alarm(2, Alarm.Kind.CORRUPT));
            assertThatThrownBy(() -> script.get("a")).isInstanceOf(StoreException.Corrupt.class);
        }
    }

    @Test
    void theLeaderItselfMayBeTheOddOne() {
        try (StoreScript script = written()) {
            Answers others = new Answers().with(SECOND, script, 1).with(THIRD, script, 1);
            assertThat(check(script, others)).containsExactly(SELF);
        }
    }

    @Test
    void withoutAMajorityNobodyIsTrusted() {
        try (StoreScript script = written()) {
            Answers others = new Answers().with(SECOND, script, 1);
            assertThat(check(script, others)).containsExactly(SELF, SECOND);
        }
    }

    @Test
    void whoDoesNotAnswerOrHasCompactedElsewhereIsPassedOver() {
        try (StoreScript script = written()) {
            Answers others = new Answers().with(SECOND, script, 1);
            others.compacted = 2;
            assertThat(check(script, others)).isEmpty();
        }
    }

    private StoreScript written() {
        StoreScript script = StoreScript.in(folder);
        script.put("a", "1");
        script.put("b", "2");
        return script;
    }

    private static List<MemberId> check(StoreScript script, Answers others) {
        try (HistoryCheck check = new HistoryCheck(others, script.store().upkeep())) {
            return check.check();
        }
    }

    /** Members that answer with the hash of a store, changed or not. */
    private static final class Answers implements ReplicatedLog {
        private final Map<MemberId, Integer> hashes = new HashMap<>();
        private long compacted;

        Answers with(MemberId member, StoreScript script, int change) {
            hashes.put(
                    member, script.store().upkeep().hashHistory(Revision.ZERO).hash() + change);
            return this;
        }

        @Override
        public Bytes ask(MemberId member, Bytes question, Duration deadline) {
            Integer hash = hashes.get(member);
            if (hash == null) {
                throw new LogUnavailable("off");
            }
            ByteWriter answer = new ByteWriter(16);
            answer.number(new ByteReader(question).number());
            answer.number(compacted);
            answer.number(hash);
            return answer.toBytes();
        }

        @Override
        public List<Member> members() {
            return LongStream.rangeClosed(1, 3)
                    .mapToObj(id -> new Member(new MemberId(id), InetSocketAddress.createUnresolved("m", 1), false))
                    .toList();
        }

        @Override
        public MemberId self() {
            return SELF;
        }

        @Override
        public void start(StateMachine machine) {}

        @Override
        public Leadership leadership() {
            return new Leadership(1, SELF, true);
        }

        @Override
        public void propose(Proposal proposal) {}

        @Override
        public long readBarrier(Duration deadline) {
            return 0;
        }

        @Override
        public void addLearner(Member learner, Duration deadline) {}

        @Override
        public void promote(MemberId learner, Duration deadline) {}

        @Override
        public void remove(MemberId member, Duration deadline) {}

        @Override
        public void transferLeadership(MemberId to, Duration deadline) {}

        @Override
        public void resetToSelf(Duration deadline) {}

        @Override
        public void requestSnapshot() {}

        @Override
        public void close() {}
    }
}
