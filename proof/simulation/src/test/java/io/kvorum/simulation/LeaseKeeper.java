package io.kvorum.simulation;

import io.kvorum.engine.LeaseEntries;
import io.kvorum.model.Bytes;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.Proposal;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A member's clock for leases, by virtual time: while it leads, it ends what has run out, under the fence of its term. A
 * new leader gives each lease its whole time and as much more as a leader can believe to lead that does not.
 */
final class LeaseKeeper {
    private static final long TICK_MICROS = 100_000;
    private static final long AFTER_ELECTION_MICROS = 2_000_000;

    private final World world;
    private final Consumer<Proposal> log;
    private final Map<Long, Long> deadlines = new TreeMap<>();
    private long fence;
    private boolean isStopped;
    private static final long FIRST_REVOKE = 1L << 40;

    private long lastNumber;

    LeaseKeeper(World world, int member, Consumer<Proposal> log) {
        this.world = world;
        this.log = log;
        this.lastNumber = FIRST_REVOKE * (1 + member) + world.agenda().nowMicros();
    }

    void start() {
        world.agenda().in(TICK_MICROS, "lease tick", () -> {
            if (!isStopped) {
                tick();
                start();
            }
        });
    }

    void stop() {
        isStopped = true;
    }

    void leadership(Leadership leadership) {
        fence = leadership.isSelf() ? leadership.term() : 0;
        deadlines.clear();
        if (fence != 0) {
            long grace = world.mutant() == Mutant.EXPIRES_EARLY ? 0 : AFTER_ELECTION_MICROS;
            world.leases().standing().forEach(each -> put(each, grace));
        }
    }

    private void put(LeaseLedger.Promise lease, long graceMicros) {
        long time = world.mutant() == Mutant.EXPIRES_EARLY ? lease.ttlMicros / 2 : lease.ttlMicros;
        deadlines.put(lease.id.value(), world.agenda().nowMicros() + time + graceMicros);
    }

    /** The member has applied it. */
    void granted(LeaseId id) {
        if (fence != 0 && !world.leases().isOver(id)) {
            put(world.leases().of(id), 0);
        }
    }

    void ended(LeaseId id) {
        deadlines.remove(id.value());
    }

    /** Whether the lease has its whole time again; not away from the leader, nor when it has run out. */
    boolean renew(LeaseId id) {
        Long deadline = deadlines.get(id.value());
        if (fence == 0 || deadline == null || deadline <= world.agenda().nowMicros()) {
            return false;
        }
        long before = deadline;
        put(world.leases().of(id), 0);
        deadlines.merge(id.value(), before, Math::max);
        return true;
    }

    private void tick() {
        for (Map.Entry<Long, Long> each : deadlines.entrySet()) {
            if (fence != 0 && each.getValue() <= world.agenda().nowMicros()) {
                end(new LeaseId(each.getKey()));
            }
        }
    }

    private void end(LeaseId id) {
        long term = fence;
        Bytes entry = LeaseEntries.of(++lastNumber, world.agenda().instant(), term, new Command.LeaseRevoke(id));
        world.commits().fenced(entry, term);
        world.commits().ends(entry, id);
        log.accept(new Proposal() {
            @Override
            public Bytes entry() {
                return entry;
            }

            @Override
            public void refused(Refusal refusal) {
                // The next tick tries again.
            }
        });
    }
}
