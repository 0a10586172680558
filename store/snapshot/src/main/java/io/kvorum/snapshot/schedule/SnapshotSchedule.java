package io.kvorum.snapshot.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a snapshot at each of the schedule's times, on a thread of its own. Times that passed while nobody could, are
 * caught up by one snapshot. A snapshot that fails is tried again at the next time.
 */
public final class SnapshotSchedule implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSchedule.class);

    /** A clock that is set must not let the thread sleep past a time. */
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(20);

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    private final CronTimes times;
    private final InstantSource clock;
    private final Supplier<Optional<Instant>> latestTaken;
    private final Runnable take;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    /**
     * Starts at once.
     *
     * @param latestTaken when the newest snapshot of this schedule was taken; asked once
     * @param take takes a snapshot; what it throws is logged
     */
    public SnapshotSchedule(
            CronTimes times, InstantSource clock, Supplier<Optional<Instant>> latestTaken, Runnable take) {
        this.times = times;
        this.clock = clock;
        this.latestTaken = latestTaken;
        this.take = take;
        this.thread = Thread.ofVirtual().name("snapshot-schedule").start(this::run);
    }

    private void run() {
        try {
            Instant handled = clock.instant();
            if (wasMissed(handled)) {
                LOG.atInfo().log("a scheduled snapshot was missed while this server was down; taking it now");
                takeOne();
            }
            while (!closing.await(sleep(handled).toMillis(), TimeUnit.MILLISECONDS)) {
                Instant now = clock.instant();
                Optional<Instant> due = times.last(now);
                if (due.isPresent() && due.get().isAfter(handled)) {
                    takeOne();
                    handled = now;
                } else if (now.isBefore(handled)) {
                    handled = now;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A schedule that never took one yet waits for its first time. */
    private boolean wasMissed(Instant now) {
        try {
            Optional<Instant> due = times.last(now);
            return latestTaken
                    .get()
                    .filter(taken -> due.isPresent() && taken.isBefore(due.get()))
                    .isPresent();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("whether a scheduled snapshot was missed cannot be told");
            return false;
        }
    }

    private Duration sleep(Instant handled) {
        Instant now = clock.instant();
        Duration wait = times.next(handled)
                .map(next -> Duration.between(now, next))
                .filter(left -> left.compareTo(LONGEST_SLEEP) < 0)
                .orElse(LONGEST_SLEEP);
        return wait.isNegative() ? Duration.ofMillis(1) : wait.plusMillis(1);
    }

    private void takeOne() {
        try {
            take.run();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("a scheduled snapshot failed");
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            if (!thread.join(STOP_PATIENCE)) {
                LOG.atWarn().log("a scheduled snapshot is still under way and is left to the next start's clean-up");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
