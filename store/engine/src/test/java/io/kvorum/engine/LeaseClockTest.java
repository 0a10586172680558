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

    private LeaseClock clock() {
        return new LeaseClock(
                time::get,
                Duration.ofSeconds(1),
                new LeaseClock.Parts(List::of, (_, renewals, _) -> expired.add(renewals), (_, _, _) -> {}));
    }
}
