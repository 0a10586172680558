package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.ReplicatedLog;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadRoundsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private final CountDownLatch leaderAnswers = new CountDownLatch(1);
    private final ReadRounds rounds =
            new ReadRounds(slowLog(), new AppliedIndex(7), new Quorum(InstantSource.system()), DEADLINE);

    /** Its leader answers late. */
    private ReplicatedLog slowLog() {
        return (ReplicatedLog) Proxy.newProxyInstance(
                ReadRoundsTest.class.getClassLoader(), new Class<?>[] {ReplicatedLog.class}, (_, method, _) -> {
                    if (!method.getName().equals("readBarrier")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    if (!leaderAnswers.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                        throw new LogUnavailable("no answer in time");
                    }
                    return 7L;
                });
    }

    @AfterEach
    void end() {
        leaderAnswers.countDown();
    }

    @Test
    void aReaderPastItsPatienceLeavesALeaderThatIsGone() {
        long begun = System.nanoTime();

        assertThatThrownBy(() -> rounds.await(PATIENCE, () -> true)).isInstanceOf(StoreException.NoQuorum.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(PATIENCE, DEADLINE.dividedBy(2));
    }

    @Test
    void aReaderPastItsPatienceWaitsOnForALeaderThatIsThere() {
        var looks = new AtomicInteger();

        rounds.await(PATIENCE, () -> {
            if (looks.incrementAndGet() == 3) {
                leaderAnswers.countDown();
            }
            return false;
        });

        assertThat(looks).hasValueGreaterThanOrEqualTo(3);
    }
}
