package io.kvorum.engine;

import io.kvorum.backend.BackendException;
import io.kvorum.backend.ReadView;
import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Alarm;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.Table;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.ReplicatedLog;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;

/** What an operator does to a member: compare, defragment, look at alarms, hand the lead on. Any thread; calls block. */
public final class Upkeep {
    /** For a snapshot that is being saved. */
    private static final Duration DEFRAGMENT_PATIENCE = Duration.ofSeconds(30);

    private final ReplicaSeat seat;
    private final Proposer proposer;
    private final ReplicatedLog log;
    private final EngineConfig config;

    Upkeep(ReplicaSeat seat, Proposer proposer, ReplicatedLog log, EngineConfig config) {
        this.seat = seat;
        this.proposer = proposer;
        this.log = log;
        this.config = config;
    }

    /** @param revision up to where; {@link Revision#ZERO} means the newest */
    public HistoryHash hashHistory(Revision revision) {
        Replica replica = seat.current();
        while (true) {
            Revision newest = replica.newest();
            Revision compacted = replica.compacted();
            Revision upTo = revision.equals(Revision.ZERO) ? newest : revision;
            if (newest.isBefore(upTo)) {
                throw new StoreException.FutureRevision(upTo, newest);
            }
            if (!revision.equals(Revision.ZERO) && !compacted.isBefore(upTo)) {
                throw new StoreException.Compacted(compacted);
            }
            try (LayeredState state = replica.state(config.requestDeadline())) {
                int hash = replica.reader().hash(upTo, compacted, state);
                if (replica.compacted().equals(compacted)) {
                    return new HistoryHash(hash, newest, upTo, compacted);
                }
            } catch (BackendException.TooManyViews e) {
                throw new StoreException.Busy();
            } catch (BackendException.Closed e) {
                replica = seat.current();
            }
        }
    }

    /** etcd's hash over all tables, in order: equal only between members that have removed the same history. */
    public int hashEverything() {
        CRC32C hash = new CRC32C();
        try (ReadView view = seat.current().fileView(config.requestDeadline())) {
            Arrays.stream(Table.values())
                    .map(Table::text)
                    .sorted(Comparator.naturalOrder())
                    .forEach(table -> {
                        hash.update(Bytes.utf8(table).asReadOnlyBuffer());
                        view.scan(table, Bytes.EMPTY, (key, value) -> {
                            hash.update(key.asReadOnlyBuffer());
                            hash.update(value.asReadOnlyBuffer());
                            return true;
                        });
                    });
        } catch (BackendException e) {
            throw new StoreException.Busy();
        }
        return (int) hash.getValue();
    }

    /**
     * Gives the disk back what compaction freed. Reads and writes go on.
     *
     * @throws StoreException.Occupied when a snapshot that is being saved takes too long
     */
    public void defragment() {
        defragment(DEFRAGMENT_PATIENCE);
    }

    void defragment(Duration patience) {
        try {
            seat.defragment(patience);
        } catch (BackendException e) {
            throw new StoreException.Stopped("defragmentation failed: " + e.getMessage());
        }
    }

    public List<Alarm> alarms() {
        return seat.current().mvcc().alarms();
    }

    public void raise(Alarm alarm) {
        proposer.propose(new Command.ChangeAlarm(alarm, true), null);
    }

    public void end(Alarm alarm) {
        proposer.propose(new Command.ChangeAlarm(alarm, false), null);
    }

    public MemberId self() {
        return log.self();
    }

    public long quotaBytes() {
        return config.quotaBytes();
    }

    /** Hands the lead to another voter; for the leader only. */
    public void moveLeader(MemberId to) {
        if (!log.leadership().isSelf()) {
            throw new StoreException.MembersRefused(
                    StoreException.MembersRefused.Reason.NOT_LEADER, "only the leader can hand on the lead");
        }
        boolean canLead = log.members().stream().anyMatch(member -> member.id().equals(to) && !member.isLearner());
        if (!canLead) {
            throw new StoreException.MembersRefused(
                    StoreException.MembersRefused.Reason.BAD_SUCCESSOR, "member " + to + " cannot lead");
        }
        if (to.equals(log.self())) {
            return;
        }
        try {
            log.transferLeadership(to, config.requestDeadline());
        } catch (LogUnavailable | IllegalArgumentException e) {
            throw new StoreException.MembersRefused(
                    StoreException.MembersRefused.Reason.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    /**
     * A hash over the history.
     *
     * @param newest the store's revision at that moment
     * @param upTo up to where it goes
     */
    public record HistoryHash(int hash, Revision newest, Revision upTo, Revision compacted) {}
}
