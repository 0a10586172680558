package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import java.util.List;

/** What a role may do with a range of keys, in etcd's own words: no end means one key, a zero byte means no end. */
public record Permission(Kind kind, Bytes key, Bytes rangeEnd) {
    private static final int KIND = 1;
    private static final int KEY = 2;
    private static final int RANGE_END = 3;
    private static final List<Kind> KINDS = List.of(Kind.values());

    /** In the order of etcd's numbers. */
    public enum Kind {
        READ,
        WRITE,
        READ_WRITE
    }

    public boolean isAbout(Bytes otherKey, Bytes otherEnd) {
        return key.equals(otherKey) && rangeEnd.equals(otherEnd);
    }

    boolean allows(boolean writes) {
        return kind == Kind.READ_WRITE || kind == (writes ? Kind.WRITE : Kind.READ);
    }

    KeyRange range() {
        if (rangeEnd.isEmpty()) {
            return key.isEmpty() ? KeyRange.between(key, key) : KeyRange.single(new Key(key));
        }
        boolean isOpen = rangeEnd.length() == 1 && rangeEnd.at(0) == 0;
        return new KeyRange(key, isOpen ? null : rangeEnd);
    }

    /** The protobuf message {@code authpb.Permission}. */
    Bytes encode() {
        WireWriter out = new WireWriter(64);
        out.number(KIND, KINDS.indexOf(kind));
        out.bytes(KEY, key);
        out.bytes(RANGE_END, rangeEnd);
        return out.toBytes();
    }

    static Permission decode(Bytes bytes) {
        Kind kind = Kind.READ;
        Bytes key = Bytes.EMPTY;
        Bytes end = Bytes.EMPTY;
        WireReader in = new WireReader(bytes);
        while (in.next()) {
            switch (in.field()) {
                case KIND -> kind = KINDS.get((int) in.number());
                case KEY -> key = in.bytes();
                case RANGE_END -> end = in.bytes();
                default -> in.skip();
            }
        }
        return new Permission(kind, key, end);
    }
}
