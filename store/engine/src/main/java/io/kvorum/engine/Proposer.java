package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.mvcc.Applied;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.Outcome;
import io.kvorum.raft.Proposal;
import io.kvorum.raft.ReplicatedLog;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Brings commands into the log and waits until they are applied here. Any thread may call; calls block. */
final class Proposer {
    private final EngineConfig config;
    private final ReplicatedLog log;
    private final InstantSource clock;
    private final Parts parts;

    Proposer(EngineConfig config, ReplicatedLog log, InstantSource clock, Parts parts) {
        this.config = config;
        this.log = log;
        this.clock = clock;
        this.parts = parts;
    }

    /** What it asks and tells. */
    record Parts(Health health, Waiters waiters, Quorum quorum) {}

    /** @throws StoreException when the command was refused, or its fate is not known */
    Applied propose(Command command, @Nullable Fence fence) {
        Applied applied = commit(command, fence);
        if (applied.outcome() instanceof Outcome.Refused refused) {
            throw exception(refused);
        }
        return applied;
    }

    private Applied commit(Command command, @Nullable Fence fence) {
        parts.health().refuseWritesUnlessServing();
        Entry.Id id = parts.waiters().nextId();
        Bytes entry = EntryCodec.encode(new Entry(id, clock.instant(), fence == null ? 0 : fence.term(), command));
        if (entry.length() > config.maxRequestBytes()) {
            throw new StoreException.TooLarge(entry.length(), config.maxRequestBytes());
        }
        try (Waiters.Waiter waiter = parts.waiters().enter(id, entry)) {
            log.propose(waiter);
            // Whoever stops the store between the check above and the entering does not know of this waiter.
            parts.health().stopReason().ifPresent(reason -> parts.waiters().answer(id, new Verdict.Lost(reason)));
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
            case Proposal.Refusal.NoLeader ignored ->
                new StoreException.NoQuorum(parts.quorum().lost());
            case Proposal.Refusal.Busy ignored -> new StoreException.Busy();
            case Proposal.Refusal.Unknown unknown -> new StoreException.OutcomeUnknown(unknown.reason());
            case Proposal.Refusal.Stopped stopped -> new StoreException.Stopped(stopped.reason());
        };
    }

    private StoreException exception(Outcome.Refused refused) {
        return switch (refused) {
            case Outcome.RevisionCompacted compacted -> new StoreException.Compacted(compacted.compacted());
            case Outcome.RevisionInFuture future -> new StoreException.FutureRevision(future.asked(), future.newest());
            case Outcome.LeaseMissing ignored -> new StoreException.LeaseNotFound();
            case Outcome.LeaseExists ignored -> new StoreException.LeaseExists();
            case Outcome.Malformed malformed -> new StoreException.Invalid(malformed.reason());
            case Outcome.NoSpace ignored -> new StoreException.Full(config.quotaBytes(), config.quotaBytes());
            case Outcome.Corrupt ignored -> new StoreException.Corrupt();
            case Outcome.AuthRefused auth -> new StoreException.AuthRefused(auth.problem());
        };
    }
}
