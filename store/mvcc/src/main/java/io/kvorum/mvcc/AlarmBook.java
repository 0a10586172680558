package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which alarms are on, and what they forbid. Written by the machine's thread, read by any. */
final class AlarmBook {
    private static final Comparator<Alarm> ORDER =
            Comparator.comparing(Alarm::member, Long::compareUnsigned).thenComparing(Alarm::kind);

    private volatile List<Alarm> alarms;

    AlarmBook(StoredState disk) {
        List<Alarm> found = new ArrayList<>();
        disk.scan(Table.ALARMS, Bytes.EMPTY, (key, nothing) -> found.add(Alarm.decode(key)));
        found.sort(ORDER);
        alarms = List.copyOf(found);
    }

    List<Alarm> all() {
        return alarms;
    }

    Outcome change(Command.ChangeAlarm change, Changes changes) {
        Alarm alarm = change.alarm();
        if (alarms.contains(alarm) != change.isRaised()) {
            List<Alarm> next = new ArrayList<>(alarms);
            if (change.isRaised()) {
                next.add(alarm);
                changes.put(Table.ALARMS, alarm.encode(), Bytes.EMPTY);
            } else {
                next.remove(alarm);
                changes.delete(Table.ALARMS, alarm.encode());
            }
            next.sort(ORDER);
            alarms = List.copyOf(next);
        }
        return new Outcome.Changed();
    }

    /** As in etcd: without room whatever grows is refused; when members differ, whatever touches keys. */
    Outcome.@Nullable Refused refusal(Command command) {
        if (alarms.isEmpty()) {
            return null;
        }
        boolean isCorrupt = alarms.stream().anyMatch(alarm -> alarm.kind() == Alarm.Kind.CORRUPT);
        boolean isFull = alarms.stream().anyMatch(alarm -> alarm.kind() == Alarm.Kind.NO_SPACE);
        return switch (command) {
            case Command.Transact transact ->
                isCorrupt ? new Outcome.Corrupt() : isFull && puts(transact.txn()) ? new Outcome.NoSpace() : null;
            case Command.LeaseGrant ignored ->
                isCorrupt ? new Outcome.Corrupt() : isFull ? new Outcome.NoSpace() : null;
            case Command.Compact ignored -> isCorrupt ? new Outcome.Corrupt() : null;
            case Command.LeaseRevoke ignored -> isCorrupt ? new Outcome.Corrupt() : null;
            case Command.LeaseExpire ignored -> isCorrupt ? new Outcome.Corrupt() : null;
            case Command.LeaseCheckpoint ignored -> null;
            case Command.LeaseProbe ignored -> null;
            case Command.ChangeAlarm ignored -> null;
            case Command.DescribeMember ignored -> null;
            case Command.ForgetMember ignored -> null;
            case Command.ChangeAuth ignored -> null;
            case Command.Authorized ignored -> null;
        };
    }

    private static boolean puts(Operation.Txn txn) {
        return puts(txn.success()) || puts(txn.failure());
    }

    private static boolean puts(List<Operation> operations) {
        return operations.stream().anyMatch(operation -> switch (operation) {
            case Operation.Put ignored -> true;
            case Operation.DeleteRange ignored -> false;
            case Operation.Range ignored -> false;
            case Operation.Txn txn -> puts(txn);
        });
    }
}
