package io.kvorum.engine;

import io.kvorum.model.Key;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.Lease;
import io.kvorum.mvcc.LeaseId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The store's leases. Any thread may call; calls block and throw a {@link StoreException} when they cannot be answered. */
public final class Leases {
    /** etcd's with its own election time-out. */
    private static final long LEAST_SECONDS = 2;

    private static final int ANSWER_SECONDS = 5;

    private final Proposer proposer;
    private final LeaseClock clock;
    private final ReplicaSeat seat;
    private final Quota quota;
    private final Predicate<Fence> stillLeads;
    private final long leastSeconds;

    /** @param stillLeads asks the others whether this member's lead has lasted until the moment it asks them */
    Leases(
            Proposer proposer,
            LeaseClock clock,
            ReplicaSeat seat,
            Quota quota,
            Predicate<Fence> stillLeads,
            Duration electionTimeout) {
        this.proposer = proposer;
        this.clock = clock;
        this.seat = seat;
        this.quota = quota;
        this.stillLeads = stillLeads;
        this.leastSeconds = leastSeconds(electionTimeout);
    }

    /** As etcd: one and a half elections, rounded up, so that a change of leaders leaves time to renew. */
    private static long leastSeconds(Duration electionTimeout) {
        long millis = electionTimeout.toMillis() * 3 / 2;
        return Math.max(LEAST_SECONDS, Math.ceilDiv(millis, 1000));
    }

    /** @return the time granted, which may be longer than asked for */
    public long grant(LeaseId id, long ttlSeconds, Allowance allowance) {
        quota.refuseWhenFull();
        long granted = Math.max(leastSeconds, ttlSeconds);
        proposer.propose(allowance.of(new Command.LeaseGrant(id, granted)), null);
        return granted;
    }

    /** Ends the lease and deletes its keys. */
    public void revoke(LeaseId id, Allowance allowance) {
        proposer.propose(allowance.of(new Command.LeaseRevoke(id)), null);
    }

    /**
     * Gives the lease its whole time again. The leader does so in memory, and makes sure that it still leads: another
     * may long be counting from the moment it was elected. Elsewhere it goes through the log.
     *
     * @return the whole time
     * @throws StoreException.LeaseNotFound when there is none, or it has run out
     */
    public long keepAlive(LeaseId id) {
        Lease lease = seat.current().lease(id);
        if (lease == null) {
            throw new StoreException.LeaseNotFound();
        }
        boolean isKnownShorter = lease.remainingSeconds() != 0;
        Fence fence = clock.fence();
        if (fence != null && !clock.renew(id)) {
            throw new StoreException.LeaseNotFound();
        }
        if (isKnownShorter || fence == null || !stillLeads.test(fence)) {
            proposer.propose(new Command.LeaseCheckpoint(id, 0), null);
        }
        return lease.ttlSeconds();
    }

    /**
     * How a lease is. Only the leader knows what is left; another member has it write that down first.
     *
     * @throws StoreException.LeaseNotFound when there is none
     */
    public State state(LeaseId id) {
        Lease lease = seat.current().lease(id);
        if (lease == null) {
            throw new StoreException.LeaseNotFound();
        }
        if (!clock.isLeading()) {
            askLeader(id);
        }
        long left = clock.remainingSeconds(id).orElse(lease.ttlSeconds());
        return new State(lease.ttlSeconds(), left, seat.current().mvcc().keysOf(id));
    }

    private void askLeader(LeaseId id) {
        CountDownLatch told = clock.ask(id);
        try {
            // who is elected just then passes over a question
            for (int second = 0; second < ANSWER_SECONDS; second++) {
                proposer.propose(new Command.LeaseProbe(id), null);
                if (told.await(1, TimeUnit.SECONDS)) {
                    return;
                }
            }
            throw new StoreException.TimedOut("asking the leader about a lease", Duration.ofSeconds(ANSWER_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException.OutcomeUnknown("interrupted while waiting");
        }
    }

    /** What runs out first comes first. */
    public List<LeaseId> all() {
        return seat.current().leases().stream()
                .sorted(Comparator.comparingLong(
                        lease -> clock.remainingSeconds(lease.id()).orElse(Long.MAX_VALUE)))
                .map(Lease::id)
                .toList();
    }

    /** The keys that go when the lease goes. */
    public List<Key> keysOf(LeaseId id) {
        return seat.current().mvcc().keysOf(id);
    }

    /** @param keys in order */
    public record State(long grantedSeconds, long remainingSeconds, List<Key> keys) {
        public State {
            keys = List.copyOf(keys);
        }
    }
}
