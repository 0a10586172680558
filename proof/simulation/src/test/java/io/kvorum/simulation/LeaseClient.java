package io.kvorum.simulation;

import io.kvorum.engine.Answered;
import io.kvorum.engine.LeaseEntries;
import io.kvorum.engine.StoreException;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes leases, hangs keys on them, renews them for a while and lets them go. Used by one thread. */
final class LeaseClient {
    private final int id;
    private final World world;
    private final Cluster cluster;
    private final Ledger ledger;
    private @Nullable LeaseId lease;
    private boolean isGranted;
    private boolean isOver;
    private int renewals;
    private int lastLease;
    private int lastKey;

    LeaseClient(int id, World world, Cluster cluster, Ledger ledger) {
        this.id = id;
        this.world = world;
        this.cluster = cluster;
        this.ledger = ledger;
    }

    void start() {
        world.agenda().in(world.agenda().between(20_000, 300_000), "lease client", () -> {
            if (!isOver) {
                SimulatedMember member = cluster.any();
                if (member != null) {
                    act(member);
                }
                start();
            }
        });
    }

    void stop() {
        isOver = true;
    }

    private void act(SimulatedMember member) {
        LeaseId now = lease;
        if (now == null) {
            grant(member);
        } else if (isGranted && renewals > 0) {
            renewals--;
            switch (world.agenda().random().nextInt(4)) {
                case 0, 1 -> cluster.leader().ifPresent(leader -> renew(leader, now));
                case 2 -> attach(member, now);
                default -> {
                    if (world.agenda().chance(0.2)) {
                        revoke(member, now);
                    }
                }
            }
        } else if (world.agenda().chance(0.3)) {
            // It is let run out.
            lease = null;
        }
    }

    private void grant(SimulatedMember member) {
        LeaseId fresh = new LeaseId(1000L * id + ++lastLease);
        long ttlSeconds = world.agenda().between(1, 3);
        long sentAt = world.agenda().nowMicros();
        world.leases().open(fresh, ttlSeconds);
        lease = fresh;
        isGranted = false;
        renewals = (int) world.agenda().between(0, 12);
        Bytes entry =
                LeaseEntries.of(fresh.value(), world.agenda().instant(), 0, new Command.LeaseGrant(fresh, ttlSeconds));
        world.commits().grants(entry, fresh);
        member.calls().raw(entry, outcome -> {
            if (outcome instanceof Outcome.Answered<Boolean>) {
                isGranted |= fresh.equals(lease);
                world.leases().renewed(fresh, sentAt);
            }
        });
    }

    private void renew(SimulatedMember leader, LeaseId now) {
        long sentAt = world.agenda().nowMicros();
        world.agenda().in(world.agenda().between(100, 5_000), "renewal", () -> {
            if (leader.isUp() && leader.running().keeper().renew(now)) {
                world.leases().renewed(now, sentAt);
            }
        });
    }

    private void attach(SimulatedMember member, LeaseId now) {
        Key key = Key.of("l" + now.value() + "-" + world.agenda().random().nextInt(4));
        String value = "k" + ++lastKey;
        Operation.Put put = new Operation.Put(key, Bytes.utf8(value), now, false, false, false);
        Operation.Txn txn = new Operation.Txn(List.of(), List.of(put), List.of());
        member.calls().<Answered<Answer.OfTxn>>write(() -> member.store().txn(txn), outcome -> {
            Answered<Answer.OfTxn> answered = outcome.answer();
            if (answered != null) {
                ledger.acknowledged(key, value, answered.revision().value());
            }
            if (outcome instanceof Outcome.Failed<?> failed
                    && failed.failure() instanceof StoreException.LeaseNotFound) {
                Violation.unless(world.leases().isOver(now), "a lease is there until it ends", "%s", now);
            }
        });
    }

    private void revoke(SimulatedMember member, LeaseId now) {
        world.leases().mayEnd(now);
        lease = null;
        Bytes entry =
                LeaseEntries.of((1L << 32) + now.value(), world.agenda().instant(), 0, new Command.LeaseRevoke(now));
        world.commits().ends(entry, now);
        member.calls().raw(entry, outcome -> {});
    }
}
