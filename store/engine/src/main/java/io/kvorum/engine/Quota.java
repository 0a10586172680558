package io.kvorum.engine;

import io.kvorum.mvcc.Alarm;
import io.kvorum.mvcc.Command;
import io.kvorum.raft.MemberId;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether there is room for more. Any member that finds there is none raises the alarm that stops all, whoever was asked
 * to write. Any thread.
 */
final class Quota {
    private static final Logger logger = LoggerFactory.getLogger(Quota.class);

    private final long quotaBytes;
    private final ReplicaSeat seat;
    private final Proposer proposer;
    private final MemberId self;
    private final AtomicBoolean raising = new AtomicBoolean();

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

    /** After something was applied that takes room, whoever wanted it; does not block. */
    void grew() {
        if (seat.current().sizeInUseBytes() < quotaBytes || isAlarmOn() || !raising.compareAndSet(false, true)) {
            return;
        }
        Thread.ofVirtual().name("quota-alarm").start(() -> {
            try {
                proposer.propose(new Command.ChangeAlarm(new Alarm(self.value(), Alarm.Kind.NO_SPACE), true), null);
                logger.atError()
                        .addKeyValue("quota-bytes", quotaBytes)
                        .log("the database is full: compact, defragment, and disarm the alarm");
            } catch (StoreException e) {
                logger.atDebug().setCause(e).log("the alarm could not be raised; the next write tries again");
            } finally {
                raising.set(false);
            }
        });
    }

    private boolean isAlarmOn() {
        return seat.current().mvcc().alarms().stream().anyMatch(alarm -> alarm.kind() == Alarm.Kind.NO_SPACE);
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
