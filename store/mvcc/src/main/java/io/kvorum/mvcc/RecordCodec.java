package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;

/**
 * The bytes of a stored key-value: the protobuf message {@code mvccpb.KeyValue}, as in etcd's own file, so that hashes
 * and snapshots agree with etcd's. Stateless; any thread may call it.
 */
public final class RecordCodec {
    private static final int KEY = 1;
    private static final int CREATED = 2;
    private static final int MODIFIED = 3;
    private static final int VERSION = 4;
    private static final int VALUE = 5;
    private static final int LEASE = 6;

    private RecordCodec() {}

    public static Bytes encode(KeyValue item) {
        WireWriter out =
                new WireWriter(item.key().bytes().length() + item.value().length() + 48);
        out.bytes(KEY, item.key().bytes());
        out.number(CREATED, item.created().value());
        out.number(MODIFIED, item.modified().value());
        out.number(VERSION, item.version());
        out.bytes(VALUE, item.value());
        out.number(LEASE, item.lease().value());
        return out.toBytes();
    }

    /** Key and value share the memory of the record. */
    public static KeyValue decode(Bytes record) {
        Bytes key = Bytes.EMPTY;
        Bytes value = Bytes.EMPTY;
        long created = 0;
        long modified = 0;
        long version = 0;
        long lease = 0;
        WireReader in = new WireReader(record);
        while (in.next()) {
            switch (in.field()) {
                case KEY -> key = in.bytes();
                case CREATED -> created = in.number();
                case MODIFIED -> modified = in.number();
                case VERSION -> version = in.number();
                case VALUE -> value = in.bytes();
                case LEASE -> lease = in.number();
                default -> in.skip();
            }
        }
        return new KeyValue(
                new Key(key), value, new Revision(created), new Revision(modified), version, new LeaseId(lease));
    }

    /** Only the key, without looking at the rest: it comes first in every record. */
    static Key keyOf(Bytes record) {
        WireReader in = new WireReader(record);
        while (in.next()) {
            if (in.field() == KEY) {
                return new Key(in.bytes());
            }
            in.skip();
        }
        throw new IllegalStateException("a stored record of %d bytes has no key".formatted(record.length()));
    }
}
