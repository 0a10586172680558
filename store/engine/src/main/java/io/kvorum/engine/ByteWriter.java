package io.kvorum.engine;

import io.kvorum.model.Bytes;
import java.util.Arrays;

/** Writes numbers of variable length and byte strings; used by one thread. */
final class ByteWriter {
    private byte[] target;
    private int length;

    ByteWriter(int expectedBytes) {
        target = new byte[Math.max(16, expectedBytes)];
    }

    void octet(int value) {
        room(1);
        target[length++] = (byte) value;
    }

    void flag(boolean value) {
        octet(value ? 1 : 0);
    }

    void fixed(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            octet((int) (value >>> shift));
        }
    }

    void number(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            octet((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        octet((int) rest);
    }

    void bytes(Bytes value) {
        number(value.length());
        room(value.length());
        value.copyTo(target, length);
        length += value.length();
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
