package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.util.Arrays;

/** Writes protobuf fields in the order they are given, leaving out zeros as proto3 does; used by one thread. */
final class WireWriter {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    private byte[] target;
    private int length;

    WireWriter(int expectedBytes) {
        target = new byte[expectedBytes];
    }

    void number(int field, long value) {
        if (value != 0) {
            varint(((long) field << 3) | VARINT);
            varint(value);
        }
    }

    void bytes(int field, Bytes value) {
        if (!value.isEmpty()) {
            varint(((long) field << 3) | LENGTH_DELIMITED);
            varint(value.length());
            room(value.length());
            value.copyTo(target, length);
            length += value.length();
        }
    }

    /** Writes the field even when it is empty, as a member of a repeated field. */
    void element(int field, Bytes value) {
        if (value.isEmpty()) {
            varint(((long) field << 3) | LENGTH_DELIMITED);
            varint(0);
        } else {
            bytes(field, value);
        }
    }

    private void varint(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            target[length++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        target[length++] = (byte) rest;
    }

    private void room(int bytes) {
        if (length + bytes > target.length) {
            target = Arrays.copyOf(target, Math.max(target.length * 2, length + bytes));
        }
    }

    Bytes toBytes() {
        return Bytes.wrap(target).slice(0, length);
    }
}
