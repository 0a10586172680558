package io.kvorum.engine;

import io.kvorum.mvcc.Lease;
import io.kvorum.mvcc.LeaseId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When leases run out. Every member keeps a deadline for each, but only the leader ends them, under its fence; it knows
 * the renewals that came to it. A new leader gives each lease its whole time, or what the last checkpoint left, and a
 * moment more: a change of leaders never shortens a lease. Any thread may call.
 */
final class LeaseClock implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaseClock.class);
    private static final Duration TICK = Duration.ofMillis(250);
    /** Longer than the election that made the leader took: nobody could renew meanwhile. */
    private static final Duration LEAST_AFTER_ELECTION = Duration.ofSeconds(2);
    /** As in etcd: a lease that lives longer has what is left of it written down this often. */
    private static final Duration CHECKPOINT_EVERY = Duration.ofMinutes(5);
    /** As many at a time are ended, so that a storm of expiries leaves the log to others too. */
    private static final int MOST_AT_ONCE = 64;

    private static final LeaseId LAST = new LeaseId(Long.MAX_VALUE);

    private final LongSupplier nanoTime;
    private final Duration afterElection;
    private final Parts parts;
    private final Map<LeaseId, Running> running = new ConcurrentHashMap<>();
    /** One for each running lease, so that a tick costs nothing while nothing is due, however many leases there are. */
    private final NavigableSet<Look> looks = new ConcurrentSkipListSet<>();

    /** Who waits until the leader has written down what is left. */
    private final Map<LeaseId, CountDownLatch> asked = new ConcurrentHashMap<>();

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Fence fence;

    LeaseClock(LongSupplier nanoTime, Duration electionTimeout, Parts parts) {
        this.nanoTime = nanoTime;
        this.afterElection =
                electionTimeout.compareTo(LEAST_AFTER_ELECTION) > 0 ? electionTimeout : LEAST_AFTER_ELECTION;
        this.parts = parts;
        this.thread = Thread.ofVirtual().name("lease-clock").start(this::run);
    }

    /** What it asks, and what it does when the time has come. */
    record Parts(Supplier<List<Lease>> leases, Expiry expiry, Checkpoint checkpoint) {}

    /** Ends a lease. */
    @FunctionalInterface
    interface Expiry {
        /** @param renewals as many of it as were known when its time was up */
        void expire(LeaseId lease, long renewals, Fence fence);
    }

    /** Writes down what is left of a lease. */
    @FunctionalInterface
    interface Checkpoint {
        void write(LeaseId lease, long remainingSeconds, Fence fence);
    }

    /**
     * @param renewals as many of those that came through the log as the deadline takes account of
     * @param isEnding whether its end was asked for: from then on only a renewal through the log, before that end, helps
     * @param lookAt when something may be due; a renewal does not move it, so that it costs little
     */
    private record Running(
            long ttlSeconds, long deadline, long checkpointAt, long renewals, boolean isEnding, long lookAt) {
        Running until(long later, long newRenewals) {
            return new Running(
                    ttlSeconds,
                    Math.max(deadline, later),
                    checkpointAt,
                    Math.max(renewals, newRenewals),
                    isEnding && later <= deadline,
                    lookAt);
        }

        Running ending() {
            return new Running(ttlSeconds, deadline, checkpointAt, renewals, true, lookAt);
        }

        Running checkpointAt(long later) {
            return new Running(ttlSeconds, deadline, later, renewals, isEnding, lookAt);
        }

        Running lookedAt() {
            long next = Math.min(deadline, checkpointAt);
            return new Running(ttlSeconds, deadline, checkpointAt, renewals, isEnding, next);
        }
    }

    private record Look(long at, LeaseId id) implements Comparable<Look> {
        @Override
        public int compareTo(Look other) {
            return at == other.at ? Long.compare(id.value(), other.id.value()) : Long.compare(at, other.at);
        }
    }

    void leadership(@Nullable Fence now) {
        if (now != null) {
            running.keySet().forEach(this::revoked);
            for (Lease lease : parts.leases().get()) {
                long left = lease.remainingSeconds() == 0 ? lease.ttlSeconds() : lease.remainingSeconds();
                start(lease, left, afterElection);
            }
        }
        fence = now;
    }

    private void start(Lease lease, long leftSeconds, Duration extra) {
        long now = nanoTime.getAsLong();
        long deadline = now + TimeUnit.SECONDS.toNanos(leftSeconds) + extra.toNanos();
        long checkpointAt = now + CHECKPOINT_EVERY.toNanos();
        Running fresh = new Running(lease.ttlSeconds(), deadline, checkpointAt, lease.renewals(), false, 0).lookedAt();
        running.compute(lease.id(), (id, before) -> {
            if (before != null) {
                return before.until(deadline, lease.renewals());
            }
            looks.add(new Look(fresh.lookAt(), id));
            return fresh;
        });
    }

    void granted(LeaseId id, long ttlSeconds) {
        start(new Lease(id, ttlSeconds, 0), ttlSeconds, Duration.ZERO);
    }

    void revoked(LeaseId id) {
        running.computeIfPresent(id, (ignored, one) -> {
            looks.remove(new Look(one.lookAt(), id));
            return null;
        });
    }

    /** Something is due later than it was thought to be. */
    private void putOff(LeaseId id, UnaryOperator<Running> change) {
        running.computeIfPresent(id, (ignored, one) -> {
            Running later = change.apply(one).lookedAt();
            looks.remove(new Look(one.lookAt(), id));
            looks.add(new Look(later.lookAt(), id));
            return later;
        });
    }

    /** Somebody wrote down what is left: a follower that was asked to renew does so too. */
    void checkpointed(Lease lease) {
        long left = lease.remainingSeconds() == 0 ? lease.ttlSeconds() : lease.remainingSeconds();
        start(lease, left, Duration.ZERO);
        CountDownLatch waiting = asked.remove(lease.id());
        if (waiting != null) {
            waiting.countDown();
        }
    }

    /** Opens when somebody has written down what is left of the lease. */
    CountDownLatch ask(LeaseId id) {
        return asked.computeIfAbsent(id, ignored -> new CountDownLatch(1));
    }

    /** A member without the lead wants to know what is left. */
    void probed(LeaseId id) {
        Fence now = fence;
        Running one = running.get(id);
        if (now != null && one != null) {
            long time = nanoTime.getAsLong();
            Thread ignored = act(id, () -> checkpoint(id, one, time, now));
        }
    }

    boolean isLeading() {
        return fence != null;
    }

    @Nullable
    Fence fence() {
        return fence;
    }

    /** Gives the lease its whole time again; false when it has run out. */
    boolean renew(LeaseId id) {
        long now = nanoTime.getAsLong();
        Running renewed = running.computeIfPresent(
                id,
                (ignored, one) -> one.deadline() <= now || one.isEnding()
                        ? one
                        : one.until(now + TimeUnit.SECONDS.toNanos(one.ttlSeconds()), one.renewals()));
        return renewed != null && renewed.deadline() > now && !renewed.isEnding();
    }

    /** What is left, rounded to whole seconds as etcd does; empty for a lease it does not know. */
    OptionalLong remainingSeconds(LeaseId id) {
        Running one = running.get(id);
        return one == null
                ? OptionalLong.empty()
                : OptionalLong.of(Math.floorDiv(one.deadline() - nanoTime.getAsLong(), 1_000_000_000L));
    }

    private void run() {
        try {
            while (!closed.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                Fence now = fence;
                if (now != null && !running.isEmpty()) {
                    tick(now);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick(Fence now) throws InterruptedException {
        long time = nanoTime.getAsLong();
        List<Thread> acts = new ArrayList<>();
        for (Look look : looks.headSet(new Look(time, LAST), true)) {
            if (acts.size() == MOST_AT_ONCE) {
                break;
            }
            LeaseId id = look.id();
            Running one = running.get(id);
            if (one == null) {
                continue; // revoked just now
            }
            if (one.deadline() <= time) {
                acts.add(act(id, () -> expire(id, time, now)));
            } else if (one.checkpointAt() <= time) {
                acts.add(act(id, () -> checkpoint(id, one, time, now)));
            } else {
                putOff(id, UnaryOperator.identity());
            }
        }
        for (Thread act : acts) {
            act.join();
        }
    }

    private void expire(LeaseId id, long time, Fence now) {
        Running ended = running.computeIfPresent(id, (ignored, one) -> one.deadline() <= time ? one.ending() : one);
        if (ended != null && ended.isEnding()) {
            parts.expiry().expire(id, ended.renewals(), now);
        }
    }

    private void checkpoint(LeaseId id, Running one, long time, Fence now) {
        putOff(id, current -> current.checkpointAt(time + CHECKPOINT_EVERY.toNanos()));
        long left = TimeUnit.NANOSECONDS.toSeconds(one.deadline() - time + TimeUnit.SECONDS.toNanos(1) - 1);
        parts.checkpoint().write(id, Math.max(1, left), now);
    }

    /** A failed act is tried again at the next tick, if this member still leads. */
    private Thread act(LeaseId id, Runnable act) {
        return Thread.ofVirtual().name("lease-act").start(() -> {
            try {
                act.run();
            } catch (StoreException.LeaseNotFound e) {
                // It was ended while this member took stock of the leases.
                revoked(id);
            } catch (StoreException e) {
                log.atDebug()
                        .setCause(e)
                        .addKeyValue("lease", Long.toHexString(id.value()))
                        .log("a lease could not be ended yet");
            }
        });
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
