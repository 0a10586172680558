package io.kvorum.engine;

import io.kvorum.model.Bytes;

/** Reads what {@link ByteWriter} wrote; byte strings share the memory of the source. Used by one thread. */
final class ByteReader {
    private final Bytes source;
    private int position;

    ByteReader(Bytes source) {
        this.source = source;
    }

    int octet() {
        return source.at(position++) & 0xff;
    }

    boolean flag() {
        return octet() != 0;
    }

    long fixed() {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = (value << 8) | octet();
        }
        return value;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = octet();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number in an entry has no end");
    }

    int count() {
        long count = number();
        if (count < 0 || count > source.length() - position) {
            throw new IllegalArgumentException(
                    "an entry promises %d more items than it has bytes for".formatted(count));
        }
        return (int) count;
    }

    Bytes bytes() {
        int length = count();
        position += length;
        return source.slice(position - length, position);
    }

    boolean isAtEnd() {
        return position == source.length();
    }
}
