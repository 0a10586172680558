package io.kvorum.engine;

import io.kvorum.mvcc.Alarm;
import io.kvorum.mvcc.Command;
import io.kvorum.raft.MemberId;

/** Whether there is room for more. A member that finds there is none raises the alarm that stops all. Any thread. */
final class Quota {
    private final long quotaBytes;
    private final ReplicaSeat seat;
    private final Proposer proposer;
    private final MemberId self;

    Quota(long quotaBytes, ReplicaSeat seat, Proposer proposer, MemberId self) {
        this.quotaBytes = quotaBytes;
        this.seat = seat;
        this.proposer = proposer;
        this.self = self;
    }

    /** @throws StoreException.Full when the data takes as much as it may; the alarm is then on */
    void refuseWhenFull() {
        long used = seat.current().sizeInUseBytes();
        if (used >= quotaBytes) {
            Alarm alarm = new Alarm(self.value(), Alarm.Kind.NO_SPACE);
            if (!seat.current().mvcc().alarms().contains(alarm)) {
                proposer.propose(new Command.ChangeAlarm(alarm, true), null);
            }
            throw new StoreException.Full(used, quotaBytes);
        }
    }

    /** @throws StoreException.Corrupt when members are known to differ */
    void refuseWhenCorrupt() {
        for (Alarm alarm : seat.current().mvcc().alarms()) {
            if (alarm.kind() == Alarm.Kind.CORRUPT) {
                throw new StoreException.Corrupt();
            }
        }
    }
}
