package io.kvorum.engine;

import io.kvorum.backend.BackendException;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Applied;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.HistoryReader;
import io.kvorum.mvcc.Lease;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import io.kvorum.mvcc.Outcome;
import io.kvorum.mvcc.RecordMissing;
import io.kvorum.mvcc.StoredState;
import io.kvorum.raft.Durations;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.ReplicatedLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The store inside this process: one member of a replicated log, with its state in an LMDB file. Any thread may call. */
public final class EmbeddedStore implements Store {
    /** Each time the file's upper pages are written anew; the longer, the more the log hands over after a crash. */
    private static final Duration FLUSH_DELAY = Duration.ofSeconds(1);

    private final EngineConfig config;
    private final ReplicatedLog log;
    private final ReplicaSeat seat;
    private final Health health = new Health();
    private final Quorum quorum;
    private final LeadershipBoard board = new LeadershipBoard();
    private final Waiters waiters;
    private final AppliedIndex appliedIndex;
    private final ReadRounds readRounds;
    private final WatchHub hub;
    private final Committer committer;
    private final Sweeper sweeper;
    private final Applier applier;
    private final Proposer proposer;
    private final Quota quota;
    private final LeaseClock leaseClock;
    private final AutoCompactor autoCompactor;
    private final Leases leases;
    private final Upkeep upkeep;
    private final Members members;
    private final VoteKeeper voteKeeper;
    private final HistoryCheck historyCheck;
    private final Accounts accounts;
    private final Scrubber scrubber;
    private final AtomicBoolean isDamaged = new AtomicBoolean();

    private EmbeddedStore(
            EngineConfig config, ReplicatedLog log, InstantSource clock, LongSupplier nanoTime, FlushSchedule flushes) {
        this.config = config;
        this.log = log;
        seat = new ReplicaSeat(config, this::damaged);
        quorum = new Quorum(clock);
        waiters = new Waiters(config.maxWaitingRequests(), config.maxWaitingBytes());
        appliedIndex = new AppliedIndex(seat.current().applied().index());
        readRounds = new ReadRounds(log, appliedIndex, quorum, config.requestDeadline());
        hub = new WatchHub(config.historyBytes(), seat::current, health);
        committer = new Committer(seat, health, waiters, flushes, this::failed);
        sweeper = new Sweeper(seat, committer);
        proposer = new Proposer(config, log, clock, new Proposer.Parts(health, waiters, quorum));
        quota = new Quota(config.quotaBytes(), seat, proposer, log.self());
        leaseClock = new LeaseClock(
                nanoTime, log.electionTimeout(), new LeaseClock.Parts(this::leasesNow, this::expire, this::checkpoint));
        TokenBook tokens = new TokenBook(nanoTime);
        applier = new Applier(
                seat,
                new Applier.Parts(
                        waiters,
                        committer,
                        hub,
                        appliedIndex,
                        health,
                        quorum,
                        board,
                        sweeper,
                        leaseClock,
                        tokens,
                        quota));
        leases = new Leases(proposer, leaseClock, seat, quota, this::stillLeads, log.electionTimeout());
        upkeep = new Upkeep(seat, proposer, log, config);
        members = new Members(log, seat, proposer);
        voteKeeper = new VoteKeeper(log, () -> seat.current().mvcc().members());
        historyCheck = new HistoryCheck(log, upkeep);
        accounts = new Accounts(seat, proposer, tokens);
        autoCompactor = new AutoCompactor(
                config.autoCompaction(), this::compact, () -> seat.current().newest(), nanoTime);
        scrubber = new Scrubber(seat, Scrubber.Pauses.DEFAULT);
        board.listen(leaseClock::leadership);
        board.listen(autoCompactor::leadership);
        board.listen(voteKeeper::leadership);
        board.listen(historyCheck::leadership);
    }

    /**
     * Opens the state, or makes a new one, and starts the log on it. The store owns the log from here on and closes it.
     * Returns at once: while there is no leader yet, writes are refused with {@link StoreException.NoQuorum}.
     */
    public static EmbeddedStore open(EngineConfig config, ReplicatedLog log, InstantSource clock) {
        return open(config, log, clock, System::nanoTime, new FlushThread(FLUSH_DELAY));
    }

    /** With a clock of the caller's for leases, which only ever goes forward. */
    static EmbeddedStore open(EngineConfig config, ReplicatedLog log, InstantSource clock, LongSupplier nanoTime) {
        return open(config, log, clock, nanoTime, new FlushThread(FLUSH_DELAY));
    }

    /** With a clock of the caller's for leases, which only ever goes forward, and its own time to write to the file. */
    static EmbeddedStore open(
            EngineConfig config, ReplicatedLog log, InstantSource clock, LongSupplier nanoTime, FlushSchedule flushes) {
        EmbeddedStore store = new EmbeddedStore(config, log, clock, nanoTime, flushes);
        try {
            log.start(store.applier);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
        return store;
    }

    private void failed(String reason, Throwable cause) {
        applier.failed(reason, cause);
    }

    /**
     * Told by whoever read what is not what was written, maybe with locks held. This member alone is wrong, so it alone
     * stops, and gives up its place in the log too: it must not lead, and nobody can rely on what it would keep.
     */
    private void damaged(BackendException.Corrupt damage) {
        health.stop(String.valueOf(damage.getMessage()));
        if (isDamaged.compareAndSet(false, true)) {
            Thread.ofVirtual().name("damaged-store").start(() -> {
                applier.failed("the database is damaged", damage);
                log.close();
            });
        }
    }

    /** How long the log's disk took for entries. */
    public Durations logSyncs() {
        return log.syncs();
    }

    /** How long the database's disk took for what was applied. */
    public Durations commits() {
        return seat.commits();
    }

    /** How long other members take to answer. */
    public Map<MemberId, Durations> roundTrips() {
        return log.roundTrips();
    }

    /** How often applying entries took longer than etcd's 100 ms. */
    public long slowApplies() {
        return applier.slowApplies();
    }

    /** Whether this member's own file turned out to be damaged. */
    public boolean isDamaged() {
        return isDamaged.get();
    }

    /** What hampers this member and an operator has to mend, such as a full disk; empty while all is well. */
    public Optional<String> trouble() {
        return health.trouble().or(this::troubleOfLog);
    }

    private Optional<String> troubleOfLog() {
        try {
            return log.trouble();
        } catch (LogUnavailable e) {
            return Optional.ofNullable(e.getMessage());
        }
    }

    List<Lease> leasesNow() {
        return seat.current().leases();
    }

    private void expire(LeaseId lease, long renewals, Fence fence) {
        proposer.propose(new Command.LeaseExpire(lease, renewals), fence);
    }

    /** Nobody else began to lead before this was asked. */
    private boolean stillLeads(Fence fence) {
        readRounds.await();
        // the log knows before this store has heard that another leads
        return log.leadership().isSelf() && fence.equals(board.fence());
    }

    private void checkpoint(LeaseId lease, long remainingSeconds, Fence fence) {
        proposer.propose(new Command.LeaseCheckpoint(lease, remainingSeconds), fence);
    }

    @Override
    public Answered<Answer.OfRange> range(Operation.Range range, Consistency consistency) {
        return read(range.at(), consistency, (at, reader, state) -> reader.range(range, at, state));
    }

    /** Reads at one revision. */
    private interface Look<A extends Answer> {
        A at(Revision revision, HistoryReader reader, StoredState state);
    }

    /** @param asked the revision to look at; {@link Revision#ZERO} means the newest */
    private <A extends Answer> Answered<A> read(Revision asked, Consistency consistency, Look<A> look) {
        health.refuseReadsIfStopped();
        quota.refuseWhenCorrupt();
        switch (consistency) {
            case LINEARIZABLE -> readRounds.await();
            case SERIALIZABLE -> {}
        }
        long deadline = System.nanoTime() + config.requestDeadline().toNanos();
        while (true) {
            Optional<Answered<A>> answered = tryToRead(asked, look);
            if (answered.isPresent()) {
                return answered.get();
            }
            if (System.nanoTime() > deadline) {
                throw new StoreException.TimedOut("a read", config.requestDeadline());
            }
        }
    }

    /** Empty when the state moved on under the reader's feet: look again. */
    private <A extends Answer> Optional<Answered<A>> tryToRead(Revision asked, Look<A> look) {
        health.refuseReadsIfStopped();
        Replica replica = seat.current();
        Revision newest = replica.newest();
        boolean isNewest = asked.equals(Revision.ZERO);
        Revision at = isNewest ? newest : asked;
        if (newest.isBefore(at)) {
            throw new StoreException.FutureRevision(at, newest);
        }
        refuseCompacted(at, isNewest, replica);
        try (LayeredState state = replica.state(config.requestDeadline())) {
            A answer = look.at(at, replica.reader(), state);
            refuseCompacted(at, isNewest, replica);
            return at.isBefore(replica.compacted()) ? Optional.empty() : Optional.of(new Answered<>(newest, answer));
        } catch (RecordMissing e) {
            refuseCompacted(at, isNewest, replica);
            if (at.isBefore(replica.compacted())) {
                return Optional.empty();
            }
            damaged(new BackendException.Corrupt(replica.folder(), String.valueOf(e.getMessage())));
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
        return transact(txn, fence, Allowance.ANYONE);
    }

    /** Runs a transaction that the caller is allowed only as long as users and roles stay as they are. */
    public Answered<Answer.OfTxn> txn(Operation.Txn txn, Allowance allowance) {
        return transact(txn, null, allowance);
    }

    private Answered<Answer.OfTxn> transact(Operation.Txn txn, @Nullable Fence fence, Allowance allowance) {
        if (fence == null && Writes.areNone(txn)) {
            return read(Revision.ZERO, Consistency.LINEARIZABLE, (at, reader, state) -> reader.txn(txn, at, state));
        }
        if (Writes.puts(txn)) {
            quota.refuseWhenFull();
        }
        Applied applied = proposer.propose(allowance.of(new Command.Transact(txn)), fence);
        if (applied.outcome() instanceof Outcome.Transacted transacted) {
            return new Answered<>(applied.revision(), transacted.answer());
        }
        throw new IllegalStateException("a transaction was answered with " + applied.outcome());
    }

    @Override
    public void compact(Revision revision) {
        proposer.propose(new Command.Compact(revision), null);
    }

    /** As {@link #compact}, and returns when the compacted history is gone from the disk too, or after the deadline. */
    public void compactPhysically(Revision revision) {
        compact(revision);
        sweeper.awaitIdle(config.requestDeadline());
    }

    AutoCompactor autoCompactor() {
        return autoCompactor;
    }

    /**
     * Compares the members' histories now; this member must lead. The alarm is then on for those that differ, which are
     * returned: all of them where no majority agrees.
     */
    public List<MemberId> checkHistories() {
        return historyCheck.check();
    }

    /** Why this member serves nothing any more; empty while it serves. */
    public Optional<String> stopReason() {
        return health.stopReason();
    }

    public Leases leases() {
        return leases;
    }

    public Upkeep upkeep() {
        return upkeep;
    }

    public Members members() {
        return members;
    }

    public Accounts accounts() {
        return accounts;
    }

    /**
     * The whole state as it stands now, to be copied somewhere while writes go on.
     *
     * @throws StoreException.Busy when too much is being read already
     */
    public FrozenState freeze() {
        seat.hold(config.requestDeadline());
        try {
            return frozen();
        } catch (RuntimeException e) {
            seat.release();
            throw e;
        }
    }

    private FrozenState frozen() {
        long deadline = System.nanoTime() + config.requestDeadline().toNanos();
        while (true) {
            health.refuseReadsIfStopped();
            Replica replica = seat.current();
            List<ClusterMember> known = members.all();
            long sizeInUseBytes = replica.sizeInUseBytes();
            try {
                return new FrozenState(
                        replica.fileView(config.requestDeadline()),
                        known,
                        seat.scratch(),
                        sizeInUseBytes,
                        seat::release);
            } catch (BackendException.TooManyViews e) {
                throw new StoreException.Busy();
            } catch (BackendException.Closed e) {
                if (System.nanoTime() > deadline) {
                    throw new StoreException.TimedOut("a look at the whole state", config.requestDeadline());
                }
            } catch (BackendException.NoSpace e) {
                throw new StoreException.Stopped(String.valueOf(e.getMessage()));
            }
        }
    }

    @Override
    public WatchStream watch(WatchRequest request) {
        refuseUnwatchable(request);
        return new LoneWatch(hub, request);
    }

    /** For watches that one thread reads in turn. */
    public <T> WatchGroup<T> watches() {
        return new WatchGroup<>(hub, this::refuseUnwatchable);
    }

    private void refuseUnwatchable(WatchRequest request) {
        health.refuseReadsIfStopped();
        Revision compacted = seat.current().compacted();
        if (!request.start().equals(Revision.ZERO) && request.start().isBefore(compacted)) {
            throw new StoreException.Compacted(compacted);
        }
    }

    @Override
    public Revision readBarrier() {
        health.refuseReadsIfStopped();
        readRounds.await();
        return seat.current().newest();
    }

    @Override
    public Revision readBarrier(Duration patience) {
        health.refuseReadsIfStopped();
        readRounds.await(patience, () -> leaderlessSince().isPresent());
        return seat.current().newest();
    }

    /** The newest revision this replica has. */
    public Revision revision() {
        return seat.current().newest();
    }

    /** Who leads, as this member knows. */
    public Leadership leadership() {
        return log.leadership();
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
    public Optional<Instant> leaderlessSince() {
        return log.leadership().leader() == null ? quorum.lostAt() : Optional.empty();
    }

    @Override
    public void onLeadership(LeadershipListener listener) {
        board.listen(listener);
    }

    /**
     * Disaster recovery: makes this member the only one, whatever the others say, and of another cluster, and forgets them,
     * so that they must join anew. For a store that serves nobody; it is to be closed and opened again afterwards.
     *
     * @throws io.kvorum.raft.LogUnavailable when that takes longer than the deadline
     */
    public void resetToSelf(long newClusterId, Duration deadline) {
        voteKeeper.close();
        log.resetToSelf(newClusterId, deadline);
        readBarrier();
        members.forgetOthers();
    }

    /** First nothing new comes in, then the log ends, then what is applied is written and the file is closed. */
    @Override
    public void close() {
        health.stop("it is closed");
        leaseClock.close();
        autoCompactor.close();
        voteKeeper.close();
        historyCheck.close();
        scrubber.close();
        waiters.loseAll("the store is closed");
        appliedIndex.stop();
        hub.stop();
        log.close();
        board.close();
        sweeper.close();
        committer.close();
        seat.close();
    }
}
