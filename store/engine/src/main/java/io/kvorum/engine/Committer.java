package io.kvorum.engine;

import io.kvorum.backend.BackendException;
import io.kvorum.raft.LogPosition;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is applied to the file, many batches in one disk transaction. The log keeps an entry until its effect is
 * there, so nobody has to wait for it, unless too much of it is in memory. Any thread.
 *
 * <pre>
 *   clear --change applied--> due --schedule runs it--> writing --> clear, or due again
 *                                                          ^ no room: writes are refused, tried again --|
 * </pre>
 */
final class Committer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Committer.class);

    /** Beyond this, applying waits for the disk. */
    private static final long MOST_PENDING_BYTES = 32 << 20;

    /** Beyond this, the disk is not left in peace any longer: a disk transaction stays short, and so does a restart. */
    private static final long PLENTY_BYTES = 4 << 20;

    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

    private final ReplicaSeat seat;
    private final Health health;
    private final Waiters waiters;
    private final FlushSchedule schedule;
    private final BiConsumer<String, Throwable> failed;
    private final AtomicBoolean isDue = new AtomicBoolean();
    private final AtomicBoolean isPlenty = new AtomicBoolean();
    private final AtomicBoolean isHampered = new AtomicBoolean();

    /** @param failed is told when the disk is broken for good */
    Committer(
            ReplicaSeat seat,
            Health health,
            Waiters waiters,
            FlushSchedule schedule,
            BiConsumer<String, Throwable> failed) {
        this.seat = seat;
        this.health = health;
        this.waiters = waiters;
        this.schedule = schedule;
        this.failed = failed;
    }

    /** Before more is applied: waits until there is room for it in memory. Without the pen in hand. */
    void makeRoom(Replica replica) {
        if (replica.pendingBytes() > MOST_PENDING_BYTES) {
            flushPatiently(replica);
        }
    }

    /** After something was applied that has to reach the file. */
    void changed(Replica replica) {
        if (isDue.compareAndSet(false, true)) {
            schedule.due(this::flushDue);
        }
        if (replica.pendingBytes() > PLENTY_BYTES && isPlenty.compareAndSet(false, true)) {
            schedule.plenty(this::flushPlenty);
        }
    }

    /** After compacted history was removed. */
    void swept() {
        schedule.swept(this::flushInBackground);
    }

    private void flushDue() {
        isDue.set(false);
        flushInBackground();
    }

    private void flushPlenty() {
        isPlenty.set(false);
        flushInBackground();
    }

    private void flushInBackground() {
        try {
            flushPatiently(seat.current());
        } catch (BackendException.Closed e) {
            // A snapshot has just taken the state's place, or the store is closed: nothing of it is wanted any more.
        } catch (RuntimeException | Error e) {
            failed.accept("writing applied entries failed", e);
        }
    }

    /** Brings everything applied so far to stable storage and says how far that is. */
    LogPosition flush() {
        while (true) {
            Replica replica = seat.current();
            try {
                flushPatiently(replica);
                return replica.durable();
            } catch (BackendException.Closed e) {
                if (replica == seat.current()) {
                    throw e;
                }
            }
        }
    }

    /** Without room on the disk it waits here until there is some: reads go on, writes are refused meanwhile. */
    private void flushPatiently(Replica replica) {
        while (true) {
            try {
                replica.flush();
                if (isHampered.compareAndSet(true, false)) {
                    health.recovered();
                    log.atInfo().log("the store has room again");
                }
                return;
            } catch (BackendException.NoSpace e) {
                hamper(String.valueOf(e.getMessage()));
            }
        }
    }

    private void hamper(String reason) {
        if (isHampered.compareAndSet(false, true)) {
            log.atError().addKeyValue("reason", reason).log("the store has no room and waits for some");
        }
        health.hampered(reason);
        waiters.loseAll(reason);
        try {
            if (health.awaitStop(RETRY_PAUSE)) {
                throw new IllegalStateException("stopped while waiting for room: " + reason);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for room: " + reason, e);
        }
    }

    /** What is not written now, the log hands over again at the next start. */
    @Override
    public void close() {
        schedule.close(() -> {
            try {
                seat.current().flush();
            } catch (RuntimeException e) {
                log.atWarn().setCause(e).log("the last changes were left to the log");
            }
        });
    }
}
