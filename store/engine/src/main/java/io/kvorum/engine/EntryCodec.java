package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Alarm;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.MemberRecord;
import java.time.Instant;
import java.util.List;

/**
 * The bytes of an entry: format version, request id, time, fence, then the command. Members of a cluster under upgrade
 * read each other's entries, so a version once released is read for ever. Stateless; any thread may call it.
 */
final class EntryCodec {
    private static final int VERSION = 1;

    private static final int TRANSACT = 1;
    private static final int COMPACT = 2;
    private static final int LEASE_GRANT = 3;
    private static final int LEASE_REVOKE = 4;
    private static final int LEASE_CHECKPOINT = 5;
    private static final int CHANGE_ALARM = 6;
    private static final int DESCRIBE_MEMBER = 7;
    private static final int FORGET_MEMBER = 8;
    private static final int CHANGE_AUTH = 9;
    private static final int AUTHORIZED = 10;
    private static final int LEASE_PROBE = 11;
    private static final int LEASE_EXPIRE = 12;
    /** Enough for an entry without keys and values. */
    private static final int LITTLE = 64;

    private static final List<Alarm.Kind> ALARMS = List.of(Alarm.Kind.values());

    private EntryCodec() {}

    static Bytes encode(Entry entry) {
        ByteWriter out = new ByteWriter(expectedBytes(entry.command()));
        out.octet(VERSION);
        out.fixed(entry.id().run());
        out.number(entry.id().number());
        out.number(entry.at().toEpochMilli());
        out.number(entry.fenceTerm());
        write(entry.command(), out);
        return out.toBytes();
    }

    private static int expectedBytes(Command command) {
        return switch (command) {
            case Command.Transact transact -> TxnCodec.expectedBytes(transact.txn());
            case Command.Authorized authorized -> expectedBytes(authorized.command());
            case Command.Compact _,
                    Command.LeaseGrant _,
                    Command.LeaseRevoke _,
                    Command.LeaseExpire _,
                    Command.LeaseCheckpoint _,
                    Command.LeaseProbe _,
                    Command.ChangeAlarm _,
                    Command.DescribeMember _,
                    Command.ForgetMember _,
                    Command.ChangeAuth _ -> LITTLE;
        };
    }

    private static void write(Command command, ByteWriter out) {
        switch (command) {
            case Command.Transact transact -> {
                out.octet(TRANSACT);
                TxnCodec.write(transact.txn(), out);
            }
            case Command.Compact compact -> {
                out.octet(COMPACT);
                out.number(compact.revision().value());
            }
            case Command.LeaseGrant grant -> {
                out.octet(LEASE_GRANT);
                out.number(grant.id().value());
                out.number(grant.ttlSeconds());
            }
            case Command.LeaseRevoke revoke -> {
                out.octet(LEASE_REVOKE);
                out.number(revoke.id().value());
            }
            case Command.LeaseExpire expire -> {
                out.octet(LEASE_EXPIRE);
                out.number(expire.id().value());
                out.number(expire.renewals());
            }
            case Command.LeaseCheckpoint checkpoint -> {
                out.octet(LEASE_CHECKPOINT);
                out.number(checkpoint.id().value());
                out.number(checkpoint.remainingSeconds());
            }
            case Command.LeaseProbe probe -> {
                out.octet(LEASE_PROBE);
                out.number(probe.id().value());
            }
            case Command.ChangeAlarm change -> {
                out.octet(CHANGE_ALARM);
                out.number(change.alarm().member());
                out.octet(ALARMS.indexOf(change.alarm().kind()));
                out.flag(change.isRaised());
            }
            case Command.DescribeMember describe -> {
                out.octet(DESCRIBE_MEMBER);
                out.bytes(describe.member().encode());
            }
            case Command.ForgetMember forget -> {
                out.octet(FORGET_MEMBER);
                out.number(forget.id());
            }
            case Command.ChangeAuth change -> {
                out.octet(CHANGE_AUTH);
                AuthCodec.write(change.change(), out);
            }
            case Command.Authorized authorized -> {
                out.octet(AUTHORIZED);
                out.number(authorized.authRevision());
                write(authorized.command(), out);
            }
        }
    }

    /** @throws IllegalArgumentException when the bytes are no entry this program knows */
    static Entry decode(Bytes bytes) {
        ByteReader in = new ByteReader(bytes);
        int version = in.octet();
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "an entry has format %d, this program reads up to %d; update it".formatted(version, VERSION));
        }
        Entry.Id id = new Entry.Id(in.fixed(), in.number());
        Instant at = Instant.ofEpochMilli(in.number());
        Entry entry = new Entry(id, at, in.number(), command(in));
        if (!in.isAtEnd()) {
            throw new IllegalArgumentException("an entry has bytes behind its end");
        }
        return entry;
    }

    private static Command command(ByteReader in) {
        int kind = in.octet();
        return switch (kind) {
            case TRANSACT -> new Command.Transact(TxnCodec.read(in));
            case COMPACT -> new Command.Compact(new Revision(in.number()));
            case LEASE_GRANT -> new Command.LeaseGrant(new LeaseId(in.number()), in.number());
            case LEASE_REVOKE -> new Command.LeaseRevoke(new LeaseId(in.number()));
            case LEASE_EXPIRE -> new Command.LeaseExpire(new LeaseId(in.number()), in.number());
            case LEASE_CHECKPOINT -> new Command.LeaseCheckpoint(new LeaseId(in.number()), in.number());
            case CHANGE_ALARM -> new Command.ChangeAlarm(new Alarm(in.number(), ALARMS.get(in.octet())), in.flag());
            case DESCRIBE_MEMBER -> new Command.DescribeMember(MemberRecord.decode(in.bytes()));
            case FORGET_MEMBER -> new Command.ForgetMember(in.number());
            case CHANGE_AUTH -> new Command.ChangeAuth(AuthCodec.read(in));
            case LEASE_PROBE -> new Command.LeaseProbe(new LeaseId(in.number()));
            case AUTHORIZED -> new Command.Authorized(in.number(), command(in));
            default -> throw new IllegalArgumentException("an entry holds the unknown command " + kind);
        };
    }
}
