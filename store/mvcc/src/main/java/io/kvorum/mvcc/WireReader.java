package io.kvorum.mvcc;

import io.kvorum.model.Bytes;

/** Reads protobuf fields one after the other; used by one thread. Throws {@link IllegalArgumentException} on bad bytes. */
final class WireReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final Bytes source;
    private int position;
    private int field;
    private int type;

    WireReader(Bytes source) {
        this.source = source;
    }

    /** Moves to the next field; false at the end. */
    boolean next() {
        if (position >= source.length()) {
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        type = (int) (tag & 7);
        return true;
    }

    int field() {
        return field;
    }

    long number() {
        return varint();
    }

    Bytes bytes() {
        int start = lengthAhead();
        return source.slice(start, position);
    }

    void skip() {
        switch (type) {
            case VARINT -> varint();
            case FIXED64 -> position += 8;
            case LENGTH_DELIMITED -> lengthAhead();
            case FIXED32 -> position += 4;
            default -> throw new IllegalArgumentException("unknown wire type " + type + " in a stored record");
        }
    }

    private int lengthAhead() {
        long size = varint();
        if (size < 0 || size > source.length() - position) {
            throw new IllegalArgumentException(
                    "a stored record promises %d bytes and has %d left".formatted(size, source.length() - position));
        }
        int start = position;
        position += (int) size;
        return start;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = source.at(position++);
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number in a stored record has no end");
    }
}
