package io.kvorum.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MvccTest {
    private final MemoryState disk = new MemoryState();
    private final Mvcc mvcc = Mvcc.restore(disk);

    @Test
    void recordsHaveTheBytesOfEtcdsFile() {
        apply(transact(new Operation.Put(Key.of("a"), Bytes.utf8("b"))));
        apply(transact(new Operation.DeleteRange(KeyRange.single(Key.of("a")), false)));

        List<String> records = new java.util.ArrayList<>();
        disk.scan(Table.RECORDS, Bytes.EMPTY, (key, value) -> records.add(hex(key) + " -> " + hex(value)));

        assertThat(records)
                .containsExactly(
                        "00000000000000025f0000000000000000 -> 0a0161100218022001" + "2a0162",
                        "00000000000000035f000000000000000074 -> 0a0161");
    }

    private static String hex(Bytes bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    @Test
    void aTransactionsChangesShareARevisionAndAreNumberedInside() {
        Applied applied = apply(transact(
                new Operation.Put(Key.of("b"), Bytes.utf8("1")), new Operation.Put(Key.of("a"), Bytes.utf8("1"))));

        assertThat(applied.revision()).isEqualTo(new Revision(2));
        assertThat(applied.events()).extracting(event -> event.now().key()).containsExactly(Key.of("b"), Key.of("a"));
        assertThat(disk.read(Table.RECORDS, new RevisionKey(2, 1).ofValue())).isNotNull();
    }

    @Test
    void aRefusedTransactionWritesNothing() {
        Applied applied = apply(transact(
                new Operation.Put(Key.of("a"), Bytes.utf8("1")),
                new Operation.Range(KeyRange.all(), new Revision(99), 0)));

        assertThat(applied.outcome()).isEqualTo(new Outcome.RevisionInFuture(new Revision(99), new Revision(1)));
        assertThat(disk.count(Table.RECORDS)).isZero();
    }

    @Test
    void nestedTransactionsAreDecidedBeforeAnythingIsWritten() {
        Operation.Txn seesTheKeyMissing = new Operation.Txn(
                List.of(Compare.isMissing(Key.of("a"))),
                List.of(new Operation.Put(Key.of("b"), Bytes.utf8("missing"))),
                List.of());

        apply(transact(new Operation.Put(Key.of("a"), Bytes.utf8("1")), seesTheKeyMissing));

        assertThat(mvcc.reader()
                        .range(new Operation.Range(KeyRange.all()), mvcc.revision(), disk)
                        .count())
                .isEqualTo(2);
    }

    @Test
    void anEndedLeaseTakesItsKeysInOneRevisionAlsoAfterARestart() {
        LeaseId lease = new LeaseId(7);
        apply(new Command.LeaseGrant(lease, 30));
        apply(transact(new Operation.Put(Key.of("a"), Bytes.utf8("1"), lease, false, false, false)));
        apply(transact(new Operation.Put(Key.of("b"), Bytes.utf8("1"), lease, false, false, false)));
        apply(transact(new Operation.Put(Key.of("c"), Bytes.utf8("1"), lease, false, false, false)));
        apply(transact(new Operation.Put(Key.of("c"), Bytes.utf8("2"))));

        Mvcc restarted = Mvcc.restore(disk);
        assertThat(restarted.keysOf(lease)).containsExactly(Key.of("a"), Key.of("b"));
        assertThat(restarted.leases()).containsExactly(new Lease(lease, 30, 0));
        Applied revoked = restarted.apply(new Command.LeaseRevoke(lease), new Changes(disk));

        assertThat(revoked.revision()).isEqualTo(new Revision(6));
        assertThat(revoked.events()).extracting(event -> event.now().key()).containsExactly(Key.of("a"), Key.of("b"));
        assertThat(restarted.leases()).isEmpty();
    }

    @Test
    void aLeaseThatWasRenewedBeforeItsExpiryCameThroughTheLogStays() {
        LeaseId lease = new LeaseId(7);
        apply(new Command.LeaseGrant(lease, 30));
        apply(new Command.LeaseCheckpoint(lease, 5));
        apply(new Command.LeaseCheckpoint(lease, 0));

        assertThat(mvcc.apply(new Command.LeaseExpire(lease, 0), new Changes(disk))
                        .outcome())
                .isEqualTo(new Outcome.LeaseKept());
        Mvcc restarted = Mvcc.restore(disk);
        assertThat(restarted.leases()).containsExactly(new Lease(lease, 30, 0, 1));
        assertThat(restarted
                        .apply(new Command.LeaseExpire(lease, 1), new Changes(disk))
                        .outcome())
                .isEqualTo(new Outcome.LeaseRevoked());
    }

    @Test
    void aPutUnderAMissingLeaseIsRefused() {
        Applied applied =
                apply(transact(new Operation.Put(Key.of("a"), Bytes.EMPTY, new LeaseId(7), false, false, false)));

        assertThat(applied.outcome()).isEqualTo(new Outcome.LeaseMissing(new LeaseId(7)));
    }

    @Test
    void theRevisionSurvivesTheCompactionOfEverything() {
        apply(transact(new Operation.Put(Key.of("a"), Bytes.utf8("1"))));
        apply(transact(new Operation.DeleteRange(KeyRange.all(), false)));
        apply(new Command.Compact(new Revision(3)));
        sweep();

        assertThat(Mvcc.restore(disk).revision()).isEqualTo(new Revision(3));
    }

    @Test
    void aSweepThatACrashInterruptedIsDoneAgain() {
        for (int i = 0; i < 10; i++) {
            apply(transact(new Operation.Put(Key.of("a"), Bytes.utf8("" + i))));
        }
        apply(new Command.Compact(mvcc.revision()));

        Mvcc restarted = Mvcc.restore(disk);
        assertThat(restarted.hasToSweep()).isTrue();
        while (restarted.hasToSweep()) {
            Changes changes = new Changes(disk);
            restarted.sweep(changes, 3);
            disk.commit(changes);
        }

        assertThat(disk.count(Table.RECORDS)).isEqualTo(1);
        assertThat(Mvcc.restore(disk).hasToSweep()).isFalse();
    }

    private void sweep() {
        while (mvcc.hasToSweep()) {
            Changes changes = new Changes(disk);
            mvcc.sweep(changes, 3);
            disk.commit(changes);
        }
    }

    private static Command transact(Operation... operations) {
        return new Command.Transact(new Operation.Txn(List.of(), List.of(operations), List.of()));
    }

    private Applied apply(Command command) {
        Changes changes = new Changes(disk);
        Applied applied = mvcc.apply(command, changes);
        disk.commit(changes);
        return applied;
    }
}
