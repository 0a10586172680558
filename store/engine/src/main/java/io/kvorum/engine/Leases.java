package io.kvorum.engine;

import io.kvorum.model.Key;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.Lease;
import io.kvorum.mvcc.LeaseId;
import java.util.Comparator;
import java.util.List;

/** The store's leases. Any thread may call; calls block and throw a {@link StoreException} when they cannot be answered. */
public final class Leases {
    /** etcd's: one and a half elections, rounded up. */
    private static final long LEAST_SECONDS = 2;

    private final Proposer proposer;
    private final LeaseClock clock;
    private final ReplicaSeat seat;
    private final Quota quota;

    Leases(Proposer proposer, LeaseClock clock, ReplicaSeat seat, Quota quota) {
        this.proposer = proposer;
        this.clock = clock;
        this.seat = seat;
        this.quota = quota;
    }

    /** @return the time granted, which may be longer than asked for */
    public long grant(LeaseId id, long ttlSeconds, Allowance allowance) {
        quota.refuseWhenFull();
        long granted = Math.max(LEAST_SECONDS, ttlSeconds);
        proposer.propose(allowance.of(new Command.LeaseGrant(id, granted)), null);
        return granted;
    }

    /** Ends the lease and deletes its keys. */
    public void revoke(LeaseId id, Allowance allowance) {
        proposer.propose(allowance.of(new Command.LeaseRevoke(id)), null);
    }

    /**
     * Gives the lease its whole time again. The leader does so in memory; elsewhere it goes through the log.
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
        if (clock.isLeading() && !clock.renew(id)) {
            throw new StoreException.LeaseNotFound();
        }
        if (isKnownShorter || !clock.isLeading()) {
            proposer.propose(new Command.LeaseCheckpoint(id, 0), null);
        }
        return lease.ttlSeconds();
    }

    /**
     * How a lease is. Away from the leader the time left is what this member knows: renewals that only the leader saw are
     * not in it.
     *
     * @throws StoreException.LeaseNotFound when there is none
     */
    public State state(LeaseId id) {
        Lease lease = seat.current().lease(id);
        if (lease == null) {
            throw new StoreException.LeaseNotFound();
        }
        long left = clock.remainingSeconds(id).orElse(lease.ttlSeconds());
        return new State(lease.ttlSeconds(), left, seat.current().mvcc().keysOf(id));
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
