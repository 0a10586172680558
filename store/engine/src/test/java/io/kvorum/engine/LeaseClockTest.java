package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.mvcc.Lease;
import io.kvorum.mvcc.LeaseId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeaseClockTest {
    private static final LeaseId LEASE = new LeaseId(7);

    private final AtomicLong time = new AtomicLong(1);
    private final BlockingQueue<Long> expired = new LinkedBlockingQueue<>();

    @Test
    void aLeaseIsEndedOnlyAsItWasWhenItsTimeWasUp() throws InterruptedException {
        try (var clock = clock()) {
            clock.leadership(new Fence(1));
            clock.granted(LEASE, 30);
            assertThat(clock.renew(LEASE)).isTrue();
            clock.checkpointed(new Lease(LEASE, 30, 0, 1));
            time.addAndGet(Duration.ofSeconds(31).toNanos());
            assertThat(expired.poll(20, TimeUnit.SECONDS)).isEqualTo(1);

            assertThat(clock.renew(LEASE)).as("renewed while it ends").isFalse();
            clock.checkpointed(new Lease(LEASE, 30, 0, 2));
            assertThat(clock.renew(LEASE))
                    .as("kept by a renewal before its end")
                    .isTrue();

            expired.clear();
            time.addAndGet(Duration.ofSeconds(31).toNanos());
            assertThat(expired.poll(20, TimeUnit.SECONDS)).isEqualTo(2);
        }
    }

    @Test
    void leasesEndWhenTheirTimeIsUpInWhateverOrderTheyCameAndWereRenewed() throws InterruptedException {
        BlockingQueue<LeaseId> ended = new LinkedBlockingQueue<>();
        var parts = new LeaseClock.Parts(List::of, (lease, _, _) -> ended.add(lease), (_, _, _) -> {});
        try (var clock = new LeaseClock(time::get, Duration.ofSeconds(1), parts)) {
            clock.leadership(new Fence(1));
            for (long seconds : List.of(50, 30, 60, 40)) {
                clock.granted(new LeaseId(seconds), seconds);
            }
            clock.granted(new LeaseId(10), 10);
            clock.revoked(new LeaseId(10));
            pass(20);
            assertThat(clock.renew(new LeaseId(30))).isTrue();

            pass(21);
            assertThat(firstEnded(ended, clock)).isEqualTo(new LeaseId(40));
            pass(9);
            assertThat(firstEnded(ended, clock)).isIn(new LeaseId(30), new LeaseId(50));
            assertThat(firstEnded(ended, clock)).isIn(new LeaseId(30), new LeaseId(50));
            pass(10);
            assertThat(firstEnded(ended, clock)).isEqualTo(new LeaseId(60));
        }
    }

    private void pass(long seconds) {
        time.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    private static LeaseId firstEnded(BlockingQueue<LeaseId> ended, LeaseClock clock) throws InterruptedException {
        LeaseId first = ended.poll(20, TimeUnit.SECONDS);
        assertThat(first).as("ended in time").isNotNull();
        clock.revoked(first);
        ended.removeIf(first::equals); // it may have been asked for twice
        return first;
    }

    @Test
    void whatIsLeftOfALongLeaseIsWrittenDownEveryFiveMinutes() throws InterruptedException {
        BlockingQueue<Long> left = new LinkedBlockingQueue<>();
        var parts = new LeaseClock.Parts(List::of, (_, _, _) -> {}, (_, seconds, _) -> left.add(seconds));
        try (var clock = new LeaseClock(time::get, Duration.ofSeconds(1), parts)) {
            clock.leadership(new Fence(1));
            clock.granted(LEASE, 3600);
            for (long seconds : List.of(3300L, 3000L, 2700L)) {
                pass(300);
                assertThat(left.poll(20, TimeUnit.SECONDS)).isEqualTo(seconds);
            }
        }
    }

    private LeaseClock clock() {
        return new LeaseClock(
                time::get,
                Duration.ofSeconds(1),
                new LeaseClock.Parts(List::of, (_, renewals, _) -> expired.add(renewals), (_, _, _) -> {}));
    }
}
