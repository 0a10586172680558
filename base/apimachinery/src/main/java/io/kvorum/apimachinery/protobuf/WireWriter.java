package io.kvorum.apimachinery.protobuf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes from the end to the beginning, because a message's length stands before it: value first, then its length, then
 * its tag. One thread.
 */
final class WireWriter {
    private static final int FIRST_BYTES = 4 << 10;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int start = bytes.length;

    /** How many bytes there are so far. */
    int size() {
        return bytes.length - start;
    }

    byte[] toByteArray() {
        return Arrays.copyOfRange(bytes, start, bytes.length);
    }

    private void make(int room) {
        if (room > start) {
            int size = size();
            byte[] larger = new byte[Math.max(Math.addExact(size, room), Math.multiplyExact(bytes.length, 2))];
            System.arraycopy(bytes, start, larger, larger.length - size, size);
            start = larger.length - size;
            bytes = larger;
        }
    }

    void raw(byte[] value) {
        make(value.length);
        start -= value.length;
        System.arraycopy(value, 0, bytes, start, value.length);
    }

    void clear() {
        start = bytes.length;
    }

    static int varintLength(long value) {
        return (63 - Long.numberOfLeadingZeros(value | 1)) / 7 + 1;
    }

    void varint(long value) {
        int length = varintLength(value);
        make(length);
        start -= length;
        long left = value;
        for (int i = 0; i < length - 1; i++) {
            bytes[start + i] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[start + length - 1] = (byte) left;
    }

    void tag(int number, WireType type) {
        varint(MessageField.tag(number, type));
    }

    void number(int field, long value) {
        varint(value);
        tag(field, WireType.VARINT);
    }

    void fixedDouble(double value) {
        make(8);
        start -= 8;
        long bits = Double.doubleToRawLongBits(value);
        for (int i = 0; i < 8; i++) {
            bytes[start + i] = (byte) (bits >>> (8 * i));
        }
    }

    /** A text with its length. */
    void string(String text) {
        bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    void string(int field, String text) {
        string(text);
        tag(field, WireType.LENGTH);
    }

    void bytes(byte[] value) {
        raw(value);
        varint(value.length);
    }

    void bytes(int field, byte[] value) {
        bytes(value);
        tag(field, WireType.LENGTH);
    }

    /** Writes the length of everything that was written since the given size. */
    void lengthSince(int size) {
        varint(size() - size);
    }

    /** Makes a field of everything that was written since the given size. */
    void closeField(int field, int size) {
        lengthSince(size);
        tag(field, WireType.LENGTH);
    }
}
