package io.kvorum.simulation;

import io.kvorum.engine.Answered;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.StoreException;
import io.kvorum.engine.WatchBatch;
import io.kvorum.engine.WatchRequest;
import io.kvorum.engine.WatchStream;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Event;
import io.kvorum.mvcc.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows a range through cuts, crashes and compactions, now at this member, now at that. Whatever it is handed must be
 * the very piece of history that comes next. Used by one thread.
 */
final class WatchClient {
    private final World world;
    private final Cluster cluster;
    private final KeyRange range;
    private @Nullable SimulatedMember member;
    private int start;
    private @Nullable WatchStream stream;
    private long next;
    private boolean isOver;
    private long eventsSeen;

    WatchClient(World world, Cluster cluster, KeyRange range) {
        this.world = world;
        this.cluster = cluster;
        this.range = range;
        this.next = 1;
    }

    void start() {
        long pause = world.agenda().chance(0.1)
                ? world.agenda().between(100_000, 600_000)
                : world.agenda().between(2_000, 60_000);
        world.agenda().in(pause, "watch", () -> {
            if (!isOver) {
                act();
                start();
            }
        });
    }

    void stop() {
        isOver = true;
    }

    long eventsSeen() {
        return eventsSeen;
    }

    private void act() {
        if (!isConnected() || world.agenda().chance(0.08)) {
            disconnect();
            connect(cluster.any());
        }
        if (isConnected()) {
            boolean asks = world.agenda().chance(0.1);
            SimulatedMember at = member;
            WatchStream its = stream;
            if (asks && at != null && its != null) {
                its.requestProgress();
                long least = at.seen();
                take(world.agenda().between(0, 3) + 64);
                Violation.unless(
                        stream == null || next > least, "a watch tells how far it is", "%d of %d", next, least);
            } else {
                take(world.agenda().between(1, 3));
            }
        }
    }

    private boolean isConnected() {
        SimulatedMember at = member;
        return stream != null && at != null && at.isUp() && at.starts() == start;
    }

    private void disconnect() {
        WatchStream its = stream;
        if (its != null && isConnected()) {
            its.close();
        }
        stream = null;
        member = null;
    }

    private void connect(@Nullable SimulatedMember to) {
        if (to == null) {
            return;
        }
        boolean isLate = world.mutant() == Mutant.RESUMES_TOO_LATE && next > 1;
        try {
            stream = to.store()
                    .watch(new WatchRequest(
                            range,
                            new Revision(isLate ? next + 1 : next),
                            world.agenda().chance(0.5)));
            member = to;
            start = to.starts();
        } catch (StoreException.Compacted e) {
            startAnew(to, e);
        }
    }

    /** What is compacted cannot be followed: the client reads everything and goes on from there. */
    private void startAnew(SimulatedMember at, StoreException.Compacted e) {
        Violation.unless(next < e.compacted().value(), "compaction answers", "%d is refused with %s", next, e);
        stream = null;
        Answered<Answer.OfRange> all = at.store().range(new Operation.Range(range), Consistency.SERIALIZABLE);
        next = Math.max(next, all.revision().value() + 1);
    }

    /** Takes up to so many batches. */
    private void take(long most) {
        SimulatedMember at = member;
        WatchStream its = stream;
        if (at == null || its == null) {
            return;
        }
        try {
            for (long i = 0; i < most; i++) {
                Optional<WatchBatch> batch = its.next(Duration.ZERO);
                if (batch.isEmpty()) {
                    return;
                }
                check(batch.get());
            }
        } catch (StoreException.Compacted e) {
            startAnew(at, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void check(WatchBatch batch) {
        List<Event> events = batch.events();
        if (world.mutant() == Mutant.LOSES_AN_EVENT
                && !events.isEmpty()
                && world.agenda().chance(0.02)) {
            events = events.subList(1, events.size());
        }
        long upTo = batch.upTo().value();
        Violation.unless(
                upTo >= next - 1 && upTo <= world.history().newest(), "a watch is ordered", "%d at %d", upTo, next);
        List<Event> expected = world.history().events(next, upTo, range);
        Violation.unless(
                History.bare(events).equals(expected),
                "a watch is ordered, unique, atomic and without gaps",
                "from %d to %d: %s, not %s",
                next,
                upTo,
                events,
                expected);
        eventsSeen += events.size();
        next = upTo + 1;
    }

    /** With everything calm: whatever happened must arrive. */
    void finish() {
        for (int i = 0; i < 3 && !isConnected(); i++) {
            disconnect();
            connect(cluster.leader().orElse(null));
        }
        SimulatedMember at = member;
        take(Long.MAX_VALUE);
        List<Event> missing = world.history().events(next, world.history().newest(), range);
        Violation.unless(
                at == null || missing.isEmpty() || !cluster.belongs(at),
                "a watch is reliable",
                "from %d these never come: %s",
                next,
                missing);
    }
}
