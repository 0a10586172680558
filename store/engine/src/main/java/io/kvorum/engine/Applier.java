package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.mvcc.Applied;
import io.kvorum.mvcc.Changes;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.Lease;
import io.kvorum.mvcc.Outcome;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogPosition;
import io.kvorum.raft.Member;
import io.kvorum.raft.StateMachine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies committed entries in memory; answers and events go out at once, since the log has the entries on stable storage
 * at a majority already. The {@link Committer} brings them to the file later. Driven by the log's threads.
 */
final class Applier implements StateMachine {
    private static final Logger log = LoggerFactory.getLogger(Applier.class);

    /** After so many bytes there is a look at how much waits for the disk, so that a catch-up of a long log stays small. */
    private static final long MOST_BYTES_AT_ONCE = 8 << 20;

    /** As etcd has it. */
    static final Duration SLOW = Duration.ofMillis(100);

    private final LongAdder slowApplies = new LongAdder();
    private final ReplicaSeat seat;
    private final Parts parts;

    Applier(ReplicaSeat seat, Parts parts) {
        this.seat = seat;
        this.parts = parts;
    }

    /** What is told about applied entries. */
    record Parts(
            Waiters waiters,
            Committer committer,
            WatchHub hub,
            AppliedIndex appliedIndex,
            Health health,
            Quorum quorum,
            LeadershipBoard board,
            Sweeper sweeper,
            LeaseClock leaseClock,
            TokenBook tokens,
            Quota quota) {}

    @Override
    public LogPosition applied() {
        return seat.current().durable();
    }

    long slowApplies() {
        return slowApplies.sum();
    }

    @Override
    public LogPosition persist() {
        return parts.committer().flush();
    }

    @Override
    public void apply(List<Committed> batch) {
        Replica replica = seat.current();
        try {
            int done = 0;
            while (done < batch.size()) {
                long begun = System.nanoTime();
                done = applySome(batch, done, replica);
                if (System.nanoTime() - begun > SLOW.toNanos()) {
                    slowApplies.increment();
                }
            }
        } catch (RuntimeException | Error e) {
            failed("applying entries failed", e);
            throw e;
        }
    }

    /** Returns how many entries of the batch are then done. */
    private int applySome(List<Committed> batch, int from, Replica replica) {
        List<Result> results = new ArrayList<>();
        int[] next = {from};
        boolean[] hasChanged = {false};
        parts.committer().makeRoom(replica);
        replica.write(pen -> {
            try (LayeredState state = pen.state()) {
                Changes changes = new Changes(state);
                long behind = replica.applied().index();
                while (next[0] < batch.size() && changes.bytes() < MOST_BYTES_AT_ONCE) {
                    Committed committed = batch.get(next[0]++);
                    // A snapshot may be newer than the log thinks: what is in it already must not happen twice.
                    if (committed.position().index() > behind) {
                        apply(committed, pen, changes, results);
                    }
                }
                LogPosition reached = batch.get(next[0] - 1).position();
                if (reached.index() > behind) {
                    pen.commit(changes, reached);
                }
                hasChanged[0] = !changes.isEmpty();
            }
            pen.publish();
            if (pen.hasToSweep()) {
                parts.sweeper().wake();
            }
        });
        publish(results, replica);
        if (hasChanged[0]) {
            parts.committer().changed(replica);
        }
        return next[0];
    }

    private void apply(Committed committed, Replica.Pen pen, Changes changes, List<Result> results) {
        Bytes bytes = committed.entry();
        if (bytes.isEmpty()) {
            return;
        }
        Entry entry = EntryCodec.decode(bytes);
        long term = committed.position().term();
        if (entry.fenceTerm() != 0 && entry.fenceTerm() != term) {
            results.add(new Result(entry, new Verdict.Deposed(term), null));
        } else {
            Applied applied = pen.apply(entry.command(), changes);
            results.add(new Result(entry, new Verdict.Done(applied), applied));
        }
    }

    private record Result(
            Entry entry, Verdict verdict, @Nullable Applied applied) {}

    private void publish(List<Result> results, Replica replica) {
        List<Page> pages = new ArrayList<>();
        for (Result result : results) {
            Applied applied = result.applied();
            if (applied != null && !applied.events().isEmpty()) {
                pages.add(new Page(applied.revision(), applied.events()));
            }
            if (applied != null) {
                tell(result.entry().command(), applied.outcome());
            }
        }
        parts.hub().publish(pages);
        parts.appliedIndex().moveTo(replica.applied().index());
        for (Result result : results) {
            parts.waiters().answer(result.entry().id(), result.verdict());
        }
    }

    private void tell(Command command, Outcome outcome) {
        if (outcome instanceof Outcome.Refused) {
            return;
        }
        switch (command) {
            case Command.Transact transact -> {
                if (Writes.puts(transact.txn())) {
                    parts.quota().grew();
                }
            }
            case Command.Compact ignored -> {}
            case Command.LeaseGrant grant -> {
                parts.leaseClock().granted(grant.id(), grant.ttlSeconds());
                parts.quota().grew();
            }
            case Command.LeaseRevoke revoke -> parts.leaseClock().revoked(revoke.id());
            case Command.LeaseExpire expire -> {
                if (outcome instanceof Outcome.LeaseRevoked) {
                    parts.leaseClock().revoked(expire.id());
                }
            }
            case Command.LeaseCheckpoint checkpoint -> tellCheckpoint(checkpoint);
            case Command.LeaseProbe probe -> parts.leaseClock().probed(probe.id());
            case Command.ChangeAlarm ignored -> {}
            case Command.DescribeMember ignored -> {}
            case Command.ForgetMember ignored -> {}
            case Command.ChangeAuth change -> parts.tokens().changed(change.change());
            case Command.Authorized authorized -> tell(authorized.command(), outcome);
        }
    }

    private void tellCheckpoint(Command.LeaseCheckpoint checkpoint) {
        Lease lease = seat.current().lease(checkpoint.id());
        if (lease != null) {
            parts.leaseClock().checkpointed(lease);
        }
    }

    @Override
    public void leadershipChanged(Leadership leadership) {
        parts.quorum().heard(leadership);
        parts.board().changed(leadership);
    }

    @Override
    public void membersChanged(List<Member> members) {
        log.atInfo().addKeyValue("members", members).log("the members are");
    }

    @Override
    public LogPosition saveSnapshot(Path folder) {
        parts.committer().flush();
        return seat.save(folder);
    }

    @Override
    public void loadSnapshot(Path folder) {
        try {
            seat.replace(folder);
        } catch (RuntimeException | Error e) {
            failed("loading a snapshot failed", e);
            throw e;
        }
        parts.hub().restart();
        parts.appliedIndex().moveTo(applied().index());
        parts.sweeper().wake();
        // What came with the snapshot is never applied here: nobody else would tell those who wait for it.
        parts.waiters().loseAll("the state was replaced by another member's copy meanwhile");
    }

    @Override
    public void failed(String reason, Throwable cause) {
        if (!parts.health().isStopped()) {
            log.atError().setCause(cause).addKeyValue("reason", reason).log("the store stops serving");
        }
        parts.health().stop(reason + ": " + cause.getMessage());
        parts.waiters().loseAll(reason);
        parts.appliedIndex().stop();
        parts.hub().stop();
    }
}
