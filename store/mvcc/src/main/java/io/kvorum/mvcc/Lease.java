package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.nio.ByteBuffer;

/**
 * A lease as all replicas know it.
 *
 * @param remainingSeconds what was left at the last checkpoint; 0 means the whole time
 * @param renewals how many came through the log; which ones came to the leader alone only it knows
 */
public record Lease(LeaseId id, long ttlSeconds, long remainingSeconds, long renewals) {
    private static final int ID = 1;
    private static final int TTL = 2;
    private static final int REMAINING = 3;
    /** Not one of etcd's, which skips it. */
    private static final int RENEWALS = 15;

    public Lease(LeaseId id, long ttlSeconds, long remainingSeconds) {
        this(id, ttlSeconds, remainingSeconds, 0);
    }

    Lease checkpointed(long nowRemainingSeconds) {
        return new Lease(id, ttlSeconds, nowRemainingSeconds, nowRemainingSeconds == 0 ? renewals + 1 : renewals);
    }

    static Bytes keyOf(LeaseId id) {
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(id.value()).array());
    }

    /** The protobuf message {@code leasepb.Lease}, as in etcd's own file. */
    Bytes encode() {
        WireWriter out = new WireWriter(32);
        out.number(ID, id.value());
        out.number(TTL, ttlSeconds);
        out.number(REMAINING, remainingSeconds);
        out.number(RENEWALS, renewals);
        return out.toBytes();
    }

    static Lease decode(Bytes bytes) {
        long id = 0;
        long ttl = 0;
        long remaining = 0;
        long renewals = 0;
        WireReader in = new WireReader(bytes);
        while (in.next()) {
            switch (in.field()) {
                case ID -> id = in.number();
                case TTL -> ttl = in.number();
                case REMAINING -> remaining = in.number();
                case RENEWALS -> renewals = in.number();
                default -> in.skip();
            }
        }
        return new Lease(new LeaseId(id), ttl, remaining, renewals);
    }
}
