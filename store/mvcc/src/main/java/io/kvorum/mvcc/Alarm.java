package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.util.List;

/** Something is wrong with a member, and all of them must hold back until an operator says it is mended. */
public record Alarm(long member, Kind kind) {
    private static final int MEMBER = 1;
    private static final int KIND = 2;
    private static final List<Kind> KINDS = List.of(Kind.values());

    /** What is wrong; in the order of etcd's numbers. */
    public enum Kind {
        NONE,
        NO_SPACE,
        CORRUPT
    }

    /** The protobuf message {@code AlarmMember}, as etcd's file has it as a key. */
    Bytes encode() {
        WireWriter out = new WireWriter(16);
        out.number(MEMBER, member);
        out.number(KIND, KINDS.indexOf(kind));
        return out.toBytes();
    }

    static Alarm decode(Bytes bytes) {
        long member = 0;
        Kind kind = Kind.NONE;
        WireReader in = new WireReader(bytes);
        while (in.next()) {
            switch (in.field()) {
                case MEMBER -> member = in.number();
                case KIND -> kind = kind((int) in.number());
                default -> in.skip();
            }
        }
        return new Alarm(member, kind);
    }

    private static Kind kind(int number) {
        return number >= 0 && number < KINDS.size() ? KINDS.get(number) : Kind.NONE;
    }
}
