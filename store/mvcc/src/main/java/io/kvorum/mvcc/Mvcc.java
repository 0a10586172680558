package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns commands into revisions. One thread writes; no clock, no disk: same commands, same state. Readers on any thread
 * go through {@link #reader()}.
 */
public final class Mvcc {
    /** A new store is at revision 1, as etcd's. */
    private static final long FIRST_REVISION = 1;

    static final Bytes COMPACTED = Bytes.utf8("compacted");
    static final Bytes SWEPT = Bytes.utf8("swept");

    private final KeyIndex index;
    private final LeaseBook leases;
    private final Sweep sweep;
    private final AlarmBook alarms;
    private final MemberBook members;
    private final AuthBook auth;
    private long revision;
    private volatile long compacted;

    private Mvcc(Restoration restored, StoredState disk, long compacted) {
        this.index = restored.index();
        this.leases = restored.leases();
        this.sweep = new Sweep(index);
        this.alarms = new AlarmBook(disk);
        this.members = new MemberBook(disk);
        this.auth = new AuthBook(disk);
        this.revision = Math.max(Math.max(FIRST_REVISION, compacted), restored.newest());
        this.compacted = compacted;
    }

    /** Rebuilds the machine from what lies on disk, by one scan. */
    public static Mvcc restore(StoredState disk) {
        Mvcc mvcc = new Mvcc(new Restoration(disk), disk, number(disk.read(Table.META, COMPACTED)));
        if (number(disk.read(Table.META, SWEPT)) < mvcc.compacted) {
            mvcc.sweep.aimAt(mvcc.compacted);
        }
        return mvcc;
    }

    /** The entries of {@link Table#META} that say up to where history is compacted, and up to where it is gone too. */
    public static Map<Bytes, Bytes> compactionFacts(Revision compacted, Revision swept) {
        Map<Bytes, Bytes> facts = new TreeMap<>();
        facts.put(COMPACTED, number(compacted.value()));
        facts.put(SWEPT, number(swept.value()));
        return facts;
    }

    /** Up to where the state was asked to be compacted; {@link Revision#ZERO} for never. */
    public static Revision compactedIn(StoredState disk) {
        return new Revision(number(disk.read(Table.META, COMPACTED)));
    }

    /** Up to where compacted history is gone from the disk too; {@link Revision#ZERO} for never. */
    public static Revision sweptIn(StoredState disk) {
        return new Revision(number(disk.read(Table.META, SWEPT)));
    }

    /** Carries a command out; what must reach the disk is added to the changes. */
    public Applied apply(Command command, Changes changes) {
        Outcome.Refused refused = alarms.refusal(command);
        return refused == null ? carryOut(command, changes) : unchanged(refused);
    }

    private Applied carryOut(Command command, Changes changes) {
        return switch (command) {
            case Command.Transact transact -> transact(transact.txn(), changes);
            case Command.Compact compact -> compact(compact.revision(), changes);
            case Command.LeaseGrant grant -> grant(grant, changes);
            case Command.LeaseRevoke revoke -> revoke(revoke.id(), changes);
            case Command.LeaseExpire expire -> expire(expire, changes);
            case Command.LeaseCheckpoint checkpoint -> checkpoint(checkpoint, changes);
            case Command.LeaseProbe ignored -> unchanged(new Outcome.Changed());
            case Command.ChangeAlarm alarm -> unchanged(alarms.change(alarm, changes));
            case Command.DescribeMember describe -> unchanged(members.describe(describe.member(), changes));
            case Command.ForgetMember forget -> unchanged(members.forget(forget.id(), changes));
            case Command.ChangeAuth change -> unchanged(auth.change(change.change(), changes));
            case Command.Authorized authorized -> authorized(authorized, changes);
        };
    }

    /** As in etcd: who was allowed something under rules that have changed meanwhile must be looked at again. */
    private Applied authorized(Command.Authorized authorized, Changes changes) {
        AuthState now = auth.state();
        return now.isEnabled() && now.revision() != authorized.authRevision()
                ? unchanged(new Outcome.AuthRefused(AuthProblem.OLD_REVISION))
                : apply(authorized.command(), changes);
    }

    private Applied transact(Operation.Txn txn, Changes changes) {
        RangeReader state = new RangeReader(index, changes::recordAt);
        TxnPath path = TxnPath.decide(txn, index, state, leases);
        Outcome.@Nullable Refused refused = TxnRules.violation(txn)
                .<Outcome.Refused>map(Outcome.Malformed::new)
                .orElse(null);
        if (refused == null) {
            refused = refusal(path);
        }
        if (refused != null) {
            return unchanged(refused);
        }
        Writer writer = new Writer(index, leases, changes, revision);
        Answer.OfTxn answer = writer.run(path);
        return advance(writer, new Outcome.Transacted(answer));
    }

    /** Looks through the whole path before anything is written: a transaction happens entirely or not at all. */
    private Outcome.@Nullable Refused refusal(TxnPath path) {
        int nested = 0;
        for (Operation operation : path.branch()) {
            Outcome.Refused refused = switch (operation) {
                case Operation.Put put -> refusal(put);
                case Operation.Range range -> refusal(range.at().value());
                case Operation.DeleteRange ignored -> null;
                case Operation.Txn ignored -> refusal(path.nested().get(nested++));
            };
            if (refused != null) {
                return refused;
            }
        }
        return null;
    }

    private Outcome.@Nullable Refused refusal(Operation.Put put) {
        if (!put.lease().equals(LeaseId.NONE) && !leases.has(put.lease())) {
            return new Outcome.LeaseMissing(put.lease());
        }
        if ((put.keepsValue() || put.keepsLease()) && !index.history(put.key()).isAlive()) {
            return new Outcome.Malformed("key not found");
        }
        return null;
    }

    private Outcome.@Nullable Refused refusal(long at) {
        if (at > revision) {
            return new Outcome.RevisionInFuture(new Revision(at), new Revision(revision));
        }
        return at != 0 && at < compacted ? new Outcome.RevisionCompacted(new Revision(compacted)) : null;
    }

    private Applied compact(Revision to, Changes changes) {
        if (to.value() <= compacted) {
            return unchanged(new Outcome.RevisionCompacted(new Revision(compacted)));
        }
        if (to.value() > revision) {
            return unchanged(new Outcome.RevisionInFuture(to, new Revision(revision)));
        }
        compacted = to.value();
        changes.put(Table.META, COMPACTED, number(compacted));
        sweep.aimAt(compacted);
        return unchanged(new Outcome.Compacted());
    }

    private Applied grant(Command.LeaseGrant grant, Changes changes) {
        if (leases.has(grant.id())) {
            return unchanged(new Outcome.LeaseExists(grant.id()));
        }
        Lease lease = new Lease(grant.id(), grant.ttlSeconds(), 0);
        leases.write(lease, changes);
        return unchanged(new Outcome.LeaseGranted(lease));
    }

    private Applied revoke(LeaseId id, Changes changes) {
        if (!leases.has(id)) {
            return unchanged(new Outcome.LeaseMissing(id));
        }
        Writer writer = new Writer(index, leases, changes, revision);
        writer.deleteAll(leases.keys(id));
        leases.remove(id, changes);
        return advance(writer, new Outcome.LeaseRevoked());
    }

    private Applied expire(Command.LeaseExpire expire, Changes changes) {
        Lease lease = leases.lease(expire.id());
        boolean isRenewed = lease != null && lease.renewals() != expire.renewals();
        return isRenewed ? unchanged(new Outcome.LeaseKept()) : revoke(expire.id(), changes);
    }

    private Applied checkpoint(Command.LeaseCheckpoint checkpoint, Changes changes) {
        Lease lease = leases.lease(checkpoint.id());
        if (lease == null) {
            return unchanged(new Outcome.LeaseMissing(checkpoint.id()));
        }
        leases.write(lease.checkpointed(checkpoint.remainingSeconds()), changes);
        return unchanged(new Outcome.LeaseCheckpointed());
    }

    private Applied unchanged(Outcome outcome) {
        return new Applied(new Revision(revision), outcome, List.of());
    }

    private Applied advance(Writer writer, Outcome outcome) {
        revision = writer.revision();
        return new Applied(new Revision(revision), outcome, writer.events());
    }

    /** Whether compacted history still waits for {@link #sweep}. */
    public boolean hasToSweep() {
        return sweep.hasWork();
    }

    /** Takes one bounded step in removing compacted history from the index and the disk. */
    public void sweep(Changes changes, int mostEntries) {
        sweep.step(changes, mostEntries);
    }

    public Revision revision() {
        return new Revision(revision);
    }

    /** Any thread may ask. */
    public Revision compacted() {
        return new Revision(compacted);
    }

    /** Any thread may ask. */
    public List<Lease> leases() {
        return leases.all();
    }

    /** Any thread may ask. */
    public List<Key> keysOf(LeaseId lease) {
        return leases.keys(lease);
    }

    /** Any thread may ask. */
    public @Nullable Lease lease(LeaseId id) {
        return leases.lease(id);
    }

    /** Any thread may ask. */
    public List<Alarm> alarms() {
        return alarms.all();
    }

    /** Any thread may ask. */
    public List<MemberRecord> members() {
        return members.all();
    }

    /** Any thread may ask. */
    public AuthState auth() {
        return auth.state();
    }

    /** Any thread may use it, beside the writing one. */
    public HistoryReader reader() {
        return new HistoryReader(index);
    }

    static Bytes number(long value) {
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    private static long number(@Nullable Bytes bytes) {
        return bytes == null ? 0 : bytes.asReadOnlyBuffer().getLong();
    }
}
