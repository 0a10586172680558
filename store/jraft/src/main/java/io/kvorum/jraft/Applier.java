package io.kvorum.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import io.kvorum.jraft.wire.PeerName;
import io.kvorum.model.Bytes;
import io.kvorum.model.Invariant;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.LogPosition;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import io.kvorum.raft.StateMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the state machine with what the library commits: whole batches, each entry once, also over restarts and loaded
 * snapshots. The library calls it from one thread; membership is looked at from a timer too, and a lock keeps the calls
 * to the machine one at a time.
 */
final class Applier extends StateMachineAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    /** What the applier tells the rest of the log; must not block. */
    interface Listener {
        void leadershipChanged(Leadership leadership);

        /** The library's name for the leader; null while there is none. */
        void leaderIs(com.alipay.sofa.jraft.entity.@Nullable PeerId leader);

        void appliedUpTo(long index);

        void membersSeen();

        void broken(String reason);
    }

    private final MemberId self;
    private final StateMachine machine;
    private final JRaftLogConfig.Limits limits;
    private final MembershipHistory memberships;
    private final Listener listener;
    /** Held while the machine is called, by contract for as long as it takes. */
    private final ReentrantLock calls = new ReentrantLock();

    private final AtomicBoolean failed = new AtomicBoolean();
    private volatile LogPosition applied;
    private List<Member> members = List.of();
    private long lastTerm;

    Applier(
            MemberId self,
            StateMachine machine,
            JRaftLogConfig.Limits limits,
            MembershipHistory memberships,
            Listener listener) {
        this.self = self;
        this.machine = machine;
        this.limits = limits;
        this.memberships = memberships;
        this.listener = listener;
        this.applied = machine.applied();
    }

    LogPosition applied() {
        return applied;
    }

    @Override
    public void onApply(Iterator entries) {
        calls.lock();
        try {
            applyAll(entries);
        } catch (RuntimeException | Error e) {
            fail("the state machine failed behind entry %d".formatted(applied.index()), e);
            throw e;
        } finally {
            calls.unlock();
        }
        listener.appliedUpTo(applied.index());
    }

    private void applyAll(Iterator entries) {
        var batch = new Batch();
        while (entries.hasNext()) {
            batch.add(entries);
            entries.next();
            if (batch.isFull()) {
                batch.apply();
            }
        }
        batch.apply();
    }

    /** Entries on their way to the machine, and who waits for them. */
    private final class Batch {
        private final List<StateMachine.Committed> committed = new ArrayList<>();
        private final List<Closure> waiting = new ArrayList<>();
        private long bytes;

        void add(Iterator entries) {
            var position = new LogPosition(entries.getTerm(), entries.getIndex());
            if (entries.done() != null) {
                waiting.add(entries.done());
            }
            if (position.index() <= applied.index()) {
                Invariant.check(
                        position.term() <= applied.term(),
                        "entry %s is to be applied, but the state holds %s already: the log and the state do not belong"
                                + " together",
                        position,
                        applied);
                return;
            }
            Bytes entry = Bytes.copyOf(entries.getData());
            committed.add(new StateMachine.Committed(position, entry));
            bytes += entry.length();
        }

        boolean isFull() {
            return committed.size() >= limits.batchEntries() || bytes >= limits.batchBytes();
        }

        void apply() {
            if (!committed.isEmpty()) {
                machine.apply(List.copyOf(committed));
                applied = committed.getLast().position();
            }
            waiting.forEach(done -> done.run(Status.OK()));
            committed.clear();
            waiting.clear();
            bytes = 0;
        }
    }

    @Override
    public void onLeaderStart(long term) {
        listener.leaderIs(null);
        tell(new Leadership(term, self, true));
    }

    @Override
    public void onLeaderStop(Status status) {
        tell(new Leadership(lastTerm, null, false));
    }

    @Override
    public void onStartFollowing(LeaderChangeContext context) {
        listener.leaderIs(context.getLeaderId());
        tell(new Leadership(context.getTerm(), PeerName.id(context.getLeaderId()), false));
    }

    @Override
    public void onStopFollowing(LeaderChangeContext context) {
        listener.leaderIs(null);
        tell(new Leadership(context.getTerm(), null, false));
    }

    private void tell(Leadership leadership) {
        calls.lock();
        try {
            lastTerm = leadership.term();
            listener.leadershipChanged(leadership);
            machine.leadershipChanged(leadership);
        } finally {
            calls.unlock();
        }
    }

    /** Tells the machine the members at the index if they are others than before; does nothing while it is busy. */
    List<Member> showMembers(long appliedIndex) {
        if (calls.tryLock()) {
            try {
                List<Member> now = memberships.at(appliedIndex).orElse(members);
                if (!now.equals(members)) {
                    members = now;
                    machine.membersChanged(now);
                }
                return now;
            } finally {
                calls.unlock();
            }
        }
        return memberships.at(appliedIndex).orElse(List.of());
    }

    /**
     * A mark only: see {@link SnapshotFolder}. The library cuts off what is before a mark, so there is none until the
     * machine has all of that on stable storage. Applying goes on meanwhile.
     */
    @Override
    public void onSnapshotSave(SnapshotWriter writer, Closure done) {
        Thread.ofPlatform().daemon().name("snapshot-mark").start(() -> done.run(mark(writer)));
    }

    private Status mark(SnapshotWriter writer) {
        long index = applied.index();
        try {
            long persisted = machine.persist().index();
            Invariant.check(persisted >= index, "the machine persisted %d of %d entries", persisted, index);
            Files.writeString(Path.of(writer.getPath(), SnapshotFolder.MARK), "the state machine keeps the state\n");
            writer.addFile(SnapshotFolder.MARK);
            return Status.OK();
        } catch (IOException | RuntimeException e) {
            return new Status(RaftError.EIO, "could not write the mark of a snapshot: %s", e);
        }
    }

    @Override
    public boolean onSnapshotLoad(SnapshotReader reader) {
        SnapshotMeta meta = reader.load();
        Path folder = Path.of(reader.getPath());
        calls.lock();
        try {
            if (applied.index() < meta.getLastIncludedIndex()) {
                load(folder, meta);
            }
            noteMembers(meta);
        } catch (IOException | RuntimeException e) {
            fail("could not load the snapshot in " + folder, e);
            return false;
        } finally {
            calls.unlock();
        }
        listener.membersSeen();
        listener.appliedUpTo(applied.index());
        return true;
    }

    private void load(Path folder, SnapshotMeta meta) throws IOException {
        if (!SnapshotFolder.hasState(folder)) {
            throw new LogUnusable(
                    ("the log begins behind entry %d, but the state machine holds entries up to %d only: its data was lost"
                                    + " or replaced by an older copy. Remove this member from the cluster and join it again with"
                                    + " an empty data folder, or restore a snapshot.")
                            .formatted(meta.getLastIncludedIndex(), applied.index()));
        }
        LogPosition position = SnapshotFolder.position(folder);
        machine.loadSnapshot(SnapshotFolder.state(folder));
        applied = position;
        SnapshotFolder.deleteAll(SnapshotFolder.state(folder));
        LOG.atInfo().addKeyValue("position", position).log("loaded the state from another member");
    }

    private void noteMembers(SnapshotMeta meta) {
        if (meta.getOldPeersCount() == 0) {
            var peers = meta.getPeersList().stream().map(EntryCodec::parsed).toList();
            var learners =
                    meta.getLearnersList().stream().map(EntryCodec::parsed).toList();
            memberships.note(meta.getLastIncludedIndex(), new Configuration(peers, learners));
        }
    }

    @Override
    public void onError(RaftException error) {
        fail("the log stopped: " + error.getStatus().getErrorMsg(), error);
    }

    void fail(String reason, Throwable cause) {
        if (failed.compareAndSet(false, true)) {
            listener.broken(reason + ": " + cause.getMessage());
            machine.failed(reason, cause);
        }
    }

    /** The state copied for another member; called beside {@link #onApply}. */
    LogPosition copyTo(Path folder) {
        try {
            return machine.saveSnapshot(folder);
        } catch (RuntimeException e) {
            throw new UncheckedIOException("could not copy the state into " + folder, new IOException(e));
        }
    }
}
