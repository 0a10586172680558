package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.LeaseId;
import java.time.Instant;

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

    private EntryCodec() {}

    static Bytes encode(Entry entry) {
        ByteWriter out = new ByteWriter(256);
        out.octet(VERSION);
        out.fixed(entry.id().run());
        out.number(entry.id().number());
        out.number(entry.at().toEpochMilli());
        out.number(entry.fenceTerm());
        write(entry.command(), out);
        return out.toBytes();
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
            case Command.LeaseCheckpoint checkpoint -> {
                out.octet(LEASE_CHECKPOINT);
                out.number(checkpoint.id().value());
                out.number(checkpoint.remainingSeconds());
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
            case LEASE_CHECKPOINT -> new Command.LeaseCheckpoint(new LeaseId(in.number()), in.number());
            default -> throw new IllegalArgumentException("an entry holds the unknown command " + kind);
        };
    }
}
