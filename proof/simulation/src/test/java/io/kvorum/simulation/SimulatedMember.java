package io.kvorum.simulation;

import io.kvorum.engine.Answered;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.engine.FrozenClock;
import io.kvorum.engine.StoreException;
import io.kvorum.engine.WatchBatch;
import io.kvorum.engine.WatchRequest;
import io.kvorum.engine.WatchStream;
import io.kvorum.model.Bytes;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Event;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogPosition;
import io.kvorum.raft.StateMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One member through all its starts and crashes: the real store on the simulated log. Looks at the store after whatever
 * the log does to it, and compares with what the others have. Used by one thread.
 */
final class SimulatedMember implements Peer.Host {
    /** In real time, and never reached: what is late in virtual time is given up by the log. */
    private static final Duration REQUEST_DEADLINE = Duration.ofMinutes(2);

    final int id;
    final Journal journal;
    private final World world;
    private final Path folder;
    private final long historyBytes;
    private @Nullable Running running;
    private long seen = 1;
    /** What a crash must leave: the last revision seen when everything was written to the file. */
    private long flushed = 1;

    private long compacted;
    private int folders;
    private @Nullable Path oldCopy;
    private @Nullable LogPosition lastApplied;
    private int starts;
    private int installs;

    /** The member from a start to a crash. */
    record Running(
            EmbeddedStore store, MemberLog log, StateMachine machine, Peer peer, Calls calls, LeaseKeeper keeper) {}

    private @Nullable WatchStream observer;
    private @Nullable Bytes proposing;

    SimulatedMember(int id, Membership membership, World world) {
        this.id = id;
        this.world = world;
        this.journal = new Journal(membership);
        this.folder = world.scratch().resolve("member-" + id);
        this.historyBytes = world.agenda().chance(0.5) ? world.agenda().between(500, 20_000) : 1 << 20;
    }

    boolean isUp() {
        return running != null;
    }

    Running running() {
        return Objects.requireNonNull(running, "the member is up");
    }

    EmbeddedStore store() {
        return running().store();
    }

    Calls calls() {
        return running().calls();
    }

    /** The last revision this member has published. */
    long seen() {
        return seen;
    }

    int starts() {
        return starts;
    }

    int installs() {
        return installs;
    }

    void start() {
        starts++;
        boolean answersBarriersItself = world.mutant() == Mutant.READS_STALE && id % 2 == 0;
        MemberLog log = new MemberLog(id, world.bell(), answersBarriersItself);
        int thisStart = starts;
        EmbeddedStore store = FrozenClock.open(config(), log, world.agenda(), flush -> flushLater(flush, thisStart));
        if (oldCopy != null && world.mutant() == Mutant.FORGETS_WHAT_IT_APPLIED) {
            log.machine().loadSnapshot(oldCopy);
        }
        Peer peer = new Peer(world.agenda(), world.network(), id, journal, this);
        Calls calls = new Calls(world.bell(), log, peer, entry -> proposing = entry);
        LeaseKeeper keeper = new LeaseKeeper(world, id, peer::propose);
        running = new Running(store, log, log.machine(), peer, calls, keeper);
        long revision = revision();
        Violation.unless(
                revision >= flushed && revision <= seen,
                "what is on disk survives a crash",
                "member %d: %d after %d, of which %d were on disk",
                id,
                revision,
                seen,
                flushed);
        seen = revision;
        flushed = revision;
        compacted = store.status().compacted().value();
        observe(seen + 1);
        checkState();
        peer.start();
        keeper.start();
    }

    /** The store tells of it from more than one thread, but only while the simulation's own waits for it or is itself. */
    private void flushLater(Runnable flush, int itsStart) {
        long delay = world.agenda().chance(0.2)
                ? world.agenda().between(100_000, 900_000)
                : world.agenda().between(1_000, 100_000);
        world.agenda().in(delay, "flush", () -> {
            if (isUp() && starts == itsStart) {
                flush.run();
                flushed = seen;
            }
        });
    }

    private EngineConfig config() {
        try {
            Files.createDirectories(folder);
            Path library = folder.resolve("lib");
            if (!Files.exists(library)) {
                Files.createSymbolicLink(library, world.library());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return EngineConfig.in(folder).withRequestDeadline(REQUEST_DEADLINE).withHistoryBytes(historyBytes);
    }

    private void observe(long from) {
        observer = store().watch(new WatchRequest(KeyRange.all(), new Revision(from), true));
    }

    private long revision() {
        return store().status().revision().value();
    }

    void crash() {
        Running before = running();
        before.calls().closing();
        before.peer().stop();
        before.keeper().stop();
        lastApplied = before.machine().applied();
        before.store().close();
        before.calls().closed();
        running = null;
        if (world.mutant() == Mutant.DROPS_A_SYNC) {
            journal.crashOfALiar(Math.max(before.peer().applied(), journal.lastIndex() - 6));
        } else {
            journal.crash(world.agenda().random());
        }
    }

    @Override
    public LogPosition applied() {
        LogPosition remembered = lastApplied;
        return world.mutant() == Mutant.FORGETS_WHAT_IT_APPLIED && remembered != null
                ? remembered
                : running().machine().applied();
    }

    @Override
    public void apply(List<StateMachine.Committed> batch) {
        List<Bytes> fresh = new ArrayList<>();
        for (StateMachine.Committed committed : batch) {
            if (world.commits().applied(committed)) {
                fresh.add(committed.entry());
            }
        }
        // Before the machine does it: what it publishes is judged by what it was told.
        fresh.forEach(this::noteEndOfLease);
        running().machine().apply(mutated(batch));
        look();
        if (world.mutant() == Mutant.FORGETS_WHAT_IT_APPLIED && world.agenda().chance(0.1)) {
            Path copy = freshFolder();
            save(copy);
            oldCopy = copy;
        }
        for (StateMachine.Committed committed : batch) {
            tellKeeper(committed.entry());
        }
        calls().applied(batch.stream().map(StateMachine.Committed::entry).toList());
    }

    private void noteEndOfLease(Bytes entry) {
        LeaseId granted = world.commits().granted(entry);
        if (granted != null) {
            world.leases().granted(granted);
        }
        LeaseId ended = world.commits().ended(entry);
        if (ended != null) {
            world.leases().ended(ended, world.agenda().nowMicros());
        }
    }

    private void tellKeeper(Bytes entry) {
        LeaseId granted = world.commits().granted(entry);
        if (granted != null) {
            running().keeper().granted(granted);
        }
        LeaseId ended = world.commits().ended(entry);
        if (ended != null) {
            running().keeper().ended(ended);
        }
    }

    private List<StateMachine.Committed> mutated(List<StateMachine.Committed> batch) {
        List<StateMachine.Committed> changed = new ArrayList<>();
        for (StateMachine.Committed committed : batch) {
            boolean isWaitedFor = calls().isWaitedFor(committed.entry());
            changed.add(
                    switch (world.mutant()) {
                        case SKIPS_AN_ENTRY ->
                            !isWaitedFor && world.agenda().chance(0.02)
                                    ? new StateMachine.Committed(committed.position(), Bytes.EMPTY)
                                    : committed;
                        case IGNORES_THE_FENCE -> unfenced(committed);
                        case APPLIES_TWICE -> {
                            if (world.agenda().chance(0.02)) {
                                changed.add(committed);
                            }
                            yield committed;
                        }
                        case NONE,
                                DROPS_A_SYNC,
                                CUTS_THE_LOG_TOO_EARLY,
                                FORGETS_WHAT_IT_APPLIED,
                                READS_STALE,
                                EXPIRES_EARLY,
                                LOSES_AN_EVENT,
                                RESUMES_TOO_LATE -> committed;
                    });
        }
        return changed;
    }

    private StateMachine.Committed unfenced(StateMachine.Committed committed) {
        long fence = world.commits().fence(committed.entry());
        LogPosition position = committed.position();
        return fence == 0
                ? committed
                : new StateMachine.Committed(new LogPosition(fence, position.index()), committed.entry());
    }

    /** Takes what the store has published, and compares the state. */
    private void look() {
        while (takeNext()) {
            // Until there is nothing more.
        }
        Violation.unless(
                revision() == seen, "every revision is published", "member %d is at %d, saw %d", id, revision(), seen);
        long nowCompacted = store().status().compacted().value();
        Violation.unless(
                nowCompacted >= compacted, "revisions never go back", "member %d compacted %d", id, nowCompacted);
        compacted = nowCompacted;
        checkState();
    }

    private boolean takeNext() {
        try {
            Optional<WatchBatch> batch = Objects.requireNonNull(observer).next(Duration.ZERO);
            batch.ifPresent(this::take);
            return batch.isPresent();
        } catch (StoreException.Compacted e) {
            long now = e.compacted().value();
            Violation.unless(now > seen + 1, "compaction answers", "member %d at %d: %s", id, seen, e);
            seen = now;
            observe(seen + 1);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void take(WatchBatch batch) {
        SortedMap<Long, List<Event>> revisions = new TreeMap<>();
        for (Event event : batch.events()) {
            revisions
                    .computeIfAbsent(event.now().modified().value(), revision -> new ArrayList<>())
                    .add(event);
        }
        revisions.forEach((revision, events) -> {
            Violation.unless(
                    revision == seen + 1, "every revision is published", "member %d: %d after %d", id, revision, seen);
            world.history().published(id, revision, events);
            seen = revision;
        });
        Violation.unless(
                batch.upTo().value() == seen, "every revision is published", "member %d at %d: %s", id, seen, batch);
    }

    private void checkState() {
        Answered<Answer.OfRange> all = store().range(new Operation.Range(KeyRange.all()), Consistency.SERIALIZABLE);
        Violation.unless(
                all.revision().value() == seen
                        && all.answer().items().equals(world.history().items(seen, KeyRange.all())),
                "equal state at equal revision",
                "member %d at %d has %s at %s, the history has %s",
                id,
                seen,
                all.answer().items(),
                all.revision(),
                world.history().items(seen, KeyRange.all()));
    }

    /** What was compacted here when somebody was told so. */
    long compacted() {
        return compacted;
    }

    @Override
    public void leadership(Leadership leadership) {
        running().log().lead(leadership);
        running().keeper().leadership(leadership);
    }

    @Override
    public void members(Membership membership) {
        running().log().machine().membersChanged(running().log().members());
    }

    @Override
    public LogPosition save(Path target) {
        LogPosition position = running().machine().saveSnapshot(target);
        flushed = seen;
        return position;
    }

    @Override
    public void persist() {
        if (world.mutant() != Mutant.CUTS_THE_LOG_TOO_EARLY) {
            running().machine().persist();
            flushed = seen;
        }
    }

    @Override
    public void load(Path source, LogPosition position) {
        installs++;
        long before = seen;
        running().machine().loadSnapshot(source);
        look();
        Violation.unless(seen >= before, "revisions never go back", "member %d: %d after %d", id, seen, before);
        flushed = seen;
        LogPosition reached = running().machine().applied();
        Violation.unless(reached.equals(position), "a snapshot says how far it goes", "%s, not %s", reached, position);
    }

    @Override
    public Path freshFolder() {
        try {
            return Files.createDirectories(world.scratch().resolve("snapshot-" + id + "-" + ++folders));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The entry that the call just begun brought forth; null when there was none. */
    @Nullable
    Bytes takeProposing() {
        Bytes its = proposing;
        proposing = null;
        return its;
    }
}
