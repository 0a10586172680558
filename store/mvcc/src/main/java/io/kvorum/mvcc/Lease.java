package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.nio.ByteBuffer;

/**
 * A lease as all replicas know it.
 *
 * @param remainingSeconds what was left at the last checkpoint; 0 means the whole time
 */
public record Lease(LeaseId id, long ttlSeconds, long remainingSeconds) {
    private static final int ID = 1;
    private static final int TTL = 2;
    private static final int REMAINING = 3;

    static Bytes keyOf(LeaseId id) {
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(id.value()).array());
    }

    /** The protobuf message {@code leasepb.Lease}, as in etcd's own file. */
    Bytes encode() {
        WireWriter out = new WireWriter(32);
        out.number(ID, id.value());
        out.number(TTL, ttlSeconds);
        out.number(REMAINING, remainingSeconds);
        return out.toBytes();
    }

    static Lease decode(Bytes bytes) {
        long id = 0;
        long ttl = 0;
        long remaining = 0;
        WireReader in = new WireReader(bytes);
        while (in.next()) {
            switch (in.field()) {
                case ID -> id = in.number();
                case TTL -> ttl = in.number();
                case REMAINING -> remaining = in.number();
                default -> in.skip();
            }
        }
        return new Lease(new LeaseId(id), ttl, remaining);
    }
}
