package io.kvorum.engine;

import io.kvorum.backend.BackendException;
import io.kvorum.backend.ReadView;
import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Applied;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.Operation;
import io.kvorum.mvcc.Outcome;
import io.kvorum.mvcc.RecordMissing;
import io.kvorum.raft.Proposal;
import io.kvorum.raft.ReplicatedLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The store inside this process: one member of a replicated log, with its state in an LMDB file. Any thread may call. */
public final class EmbeddedStore implements Store {
    private final EngineConfig config;
    private final ReplicatedLog log;
    private final InstantSource clock;
    private final ReplicaSeat seat;
    private final Health health = new Health();
    private final Quorum quorum;
    private final LeadershipBoard board = new LeadershipBoard();
    private final Waiters waiters;
    private final AppliedIndex appliedIndex;
    private final ReadRounds readRounds;
    private final WatchHub hub;
    private final Sweeper sweeper;
    private final Applier applier;

    private EmbeddedStore(EngineConfig config, ReplicatedLog log, InstantSource clock) {
        this.config = config;
        this.log = log;
        this.clock = clock;
        seat = new ReplicaSeat(config);
        quorum = new Quorum(clock);
        waiters = new Waiters(config.maxWaitingRequests(), config.maxWaitingBytes());
        appliedIndex = new AppliedIndex(seat.current().applied().index());
        readRounds = new ReadRounds(log, appliedIndex, quorum, config.requestDeadline());
        hub = new WatchHub(config.historyBytes(), seat::current, health);
        sweeper = new Sweeper(seat);
        applier = new Applier(seat, new Applier.Parts(waiters, hub, appliedIndex, health, quorum, board, sweeper));
    }

    /**
     * Opens the state, or makes a new one, and starts the log on it. The store owns the log from here on and closes it.
     * Returns at once: while there is no leader yet, writes are refused with {@link StoreException.NoQuorum}.
     */
    public static EmbeddedStore open(EngineConfig config, ReplicatedLog log, InstantSource clock) {
        EmbeddedStore store = new EmbeddedStore(config, log, clock);
        try {
            log.start(store.applier);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
        return store;
    }

    @Override
    public Answered<Answer.OfRange> range(Operation.Range range, Consistency consistency) {
        health.refuseReadsIfStopped();
        switch (consistency) {
            case LINEARIZABLE -> readRounds.await();
            case SERIALIZABLE -> {}
        }
        long deadline = System.nanoTime() + config.requestDeadline().toNanos();
        while (true) {
            Optional<Answered<Answer.OfRange>> answered = read(range);
            if (answered.isPresent()) {
                return answered.get();
            }
            if (System.nanoTime() > deadline) {
                throw new StoreException.TimedOut("a read", config.requestDeadline());
            }
        }
    }

    /** Empty when the state moved on under the reader's feet: look again. */
    private Optional<Answered<Answer.OfRange>> read(Operation.Range range) {
        health.refuseReadsIfStopped();
        Replica replica = seat.current();
        Revision newest = replica.newest();
        boolean isNewest = range.at().equals(Revision.ZERO);
        Revision at = isNewest ? newest : range.at();
        if (newest.isBefore(at)) {
            throw new StoreException.FutureRevision(at, newest);
        }
        refuseCompacted(at, isNewest, replica);
        try (ReadView view = replica.view(config.requestDeadline())) {
            Answer.OfRange answer = replica.reader().range(range, at, new ViewState(view));
            refuseCompacted(at, isNewest, replica);
            return at.isBefore(replica.compacted()) ? Optional.empty() : Optional.of(new Answered<>(newest, answer));
        } catch (RecordMissing e) {
            refuseCompacted(at, isNewest, replica);
            if (at.isBefore(replica.compacted())) {
                return Optional.empty();
            }
            applier.failed("the database is damaged", e);
            throw new StoreException.Stopped(String.valueOf(e.getMessage()));
        } catch (BackendException.Closed e) {
            return Optional.empty();
        } catch (BackendException.TooManyViews e) {
            throw new StoreException.Busy();
        } catch (BackendException e) {
            throw new StoreException.Stopped(String.valueOf(e.getMessage()));
        }
    }

    private static void refuseCompacted(Revision at, boolean isNewest, Replica replica) {
        Revision compacted = replica.compacted();
        if (!isNewest && at.isBefore(compacted)) {
            throw new StoreException.Compacted(compacted);
        }
    }

    @Override
    public Answered<Answer.OfTxn> txn(Operation.Txn txn, @Nullable Fence fence) {
        if (Writes.puts(txn)) {
            refuseWhenFull();
        }
        Applied applied = propose(new Command.Transact(txn), fence);
        return switch (applied.outcome()) {
            case Outcome.Transacted transacted -> new Answered<>(applied.revision(), transacted.answer());
            case Outcome.Refused refused -> throw exception(refused);
            case Outcome.Compacted ignored -> throw misplaced(applied);
            case Outcome.LeaseGranted ignored -> throw misplaced(applied);
            case Outcome.LeaseRevoked ignored -> throw misplaced(applied);
            case Outcome.LeaseCheckpointed ignored -> throw misplaced(applied);
        };
    }

    private static IllegalStateException misplaced(Applied applied) {
        return new IllegalStateException("a transaction was answered with " + applied.outcome());
    }

    private void refuseWhenFull() {
        long used = seat.current().sizeInUseBytes();
        if (used >= config.quotaBytes()) {
            throw new StoreException.Full(used, config.quotaBytes());
        }
    }

    @Override
    public void compact(Revision revision) {
        Applied applied = propose(new Command.Compact(revision), null);
        if (applied.outcome() instanceof Outcome.Refused refused) {
            throw exception(refused);
        }
    }

    private static StoreException exception(Outcome.Refused refused) {
        return switch (refused) {
            case Outcome.RevisionCompacted compacted -> new StoreException.Compacted(compacted.compacted());
            case Outcome.RevisionInFuture future -> new StoreException.FutureRevision(future.asked(), future.newest());
            case Outcome.LeaseMissing ignored -> new StoreException.LeaseNotFound();
            case Outcome.LeaseExists ignored -> new StoreException.Invalid("lease already exists");
            case Outcome.Malformed malformed -> new StoreException.Invalid(malformed.reason());
        };
    }

    /** Brings a command into the log and waits until it is applied here. */
    private Applied propose(Command command, @Nullable Fence fence) {
        health.refuseWritesUnlessServing();
        Entry.Id id = waiters.nextId();
        Bytes entry = EntryCodec.encode(new Entry(id, clock.instant(), fence == null ? 0 : fence.term(), command));
        if (entry.length() > config.maxRequestBytes()) {
            throw new StoreException.TooLarge(entry.length(), config.maxRequestBytes());
        }
        try (Waiters.Waiter waiter = waiters.enter(id, entry)) {
            log.propose(waiter);
            // Whoever stops the store between the check above and the entering does not know of this waiter.
            health.stopReason().ifPresent(reason -> waiters.answer(id, new Verdict.Lost(reason)));
            Duration deadline = config.requestDeadline();
            Verdict verdict =
                    waiter.await(deadline).orElseThrow(() -> new StoreException.TimedOut("a write", deadline));
            return judged(verdict, fence);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException.OutcomeUnknown("interrupted while waiting");
        }
    }

    private Applied judged(Verdict verdict, @Nullable Fence fence) {
        return switch (verdict) {
            case Verdict.Done done -> done.applied();
            case Verdict.Deposed deposed ->
                throw new StoreException.Deposed(fence == null ? new Fence(0) : fence, deposed.term());
            case Verdict.Refused refused -> throw exception(refused.refusal());
            case Verdict.Lost lost -> throw new StoreException.OutcomeUnknown(lost.reason());
        };
    }

    private StoreException exception(Proposal.Refusal refusal) {
        return switch (refusal) {
            case Proposal.Refusal.NoLeader ignored -> new StoreException.NoQuorum(quorum.lost());
            case Proposal.Refusal.Busy ignored -> new StoreException.Busy();
            case Proposal.Refusal.Unknown unknown -> new StoreException.OutcomeUnknown(unknown.reason());
            case Proposal.Refusal.Stopped stopped -> new StoreException.Stopped(stopped.reason());
        };
    }

    @Override
    public WatchStream watch(WatchRequest request) {
        health.refuseReadsIfStopped();
        Revision compacted = seat.current().compacted();
        if (!request.start().equals(Revision.ZERO) && request.start().isBefore(compacted)) {
            throw new StoreException.Compacted(compacted);
        }
        return hub.open(request);
    }

    @Override
    public Revision readBarrier() {
        health.refuseReadsIfStopped();
        readRounds.await();
        return seat.current().newest();
    }

    @Override
    public StoreStatus status() {
        Replica replica = seat.current();
        try {
            return new StoreStatus(
                    replica.newest(),
                    replica.compacted(),
                    log.leadership(),
                    appliedIndex.now(),
                    replica.sizeBytes(),
                    replica.sizeInUseBytes(),
                    quorum.lostAt().orElse(null),
                    quorum.lastContact());
        } catch (BackendException e) {
            throw new StoreException.Stopped(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void onLeadership(LeadershipListener listener) {
        board.listen(listener);
    }

    /** First nothing new comes in, then the log ends, then the file is closed. */
    @Override
    public void close() {
        health.stop("it is closed");
        waiters.loseAll("the store is closed");
        hub.stop();
        log.close();
        board.close();
        sweeper.close();
        seat.close();
    }
}
