package io.kvorum.model;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An immutable sequence of bytes with the equality and order of its content; any thread may read it. */
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private final byte[] array;
    private final int from;
    private final int length;
    private int hash;

    private Bytes(byte[] array, int from, int length) {
        this.array = array;
        this.from = from;
        this.length = length;
    }

    /** Copies the array, so that the caller may go on changing it. */
    public static Bytes copyOf(byte[] array) {
        return wrap(array.clone());
    }

    /** Takes the array over: the caller must never change it again. */
    public static Bytes wrap(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array, 0, array.length);
    }

    /** Copies what remains in the buffer without moving its position. */
    public static Bytes copyOf(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return wrap(copy);
    }

    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    public byte at(int index) {
        return array[from + checkIndex(index)];
    }

    private int checkIndex(int index) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException("byte " + index + " of " + length);
        }
        return index;
    }

    /** The bytes from {@code start} (inclusive) to {@code end} (exclusive), sharing the same memory. */
    public Bytes slice(int start, int end) {
        if (start < 0 || end < start || end > length) {
            throw new IndexOutOfBoundsException("slice %d..%d of %d bytes".formatted(start, end, length));
        }
        return start == end ? EMPTY : new Bytes(array, from + start, end - start);
    }

    public boolean startsWith(Bytes prefix) {
        return length >= prefix.length
                && Arrays.equals(
                        array, from, from + prefix.length, prefix.array, prefix.from, prefix.from + prefix.length);
    }

    public Bytes concat(Bytes other) {
        byte[] both = Arrays.copyOfRange(array, from, from + length + other.length);
        System.arraycopy(other.array, other.from, both, length, other.length);
        return wrap(both);
    }

    public byte[] toByteArray() {
        return Arrays.copyOfRange(array, from, from + length);
    }

    public ByteBuffer asReadOnlyBuffer() {
        return ByteBuffer.wrap(array, from, length).slice().asReadOnlyBuffer();
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(array, from, length);
    }

    public void copyTo(byte[] target, int offset) {
        System.arraycopy(array, from, target, offset, length);
    }

    public String utf8() {
        return new String(array, from, length, StandardCharsets.UTF_8);
    }

    /** Unsigned, byte by byte: the order of etcd's keys. */
    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(array, from, from + length, other.array, other.from, other.from + other.length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Bytes that
                && Arrays.equals(array, from, from + length, that.array, that.from, that.from + that.length);
    }

    @Override
    public int hashCode() {
        if (hash == 0) {
            int h = 1;
            for (int i = from; i < from + length; i++) {
                h = 31 * h + array[i];
            }
            hash = h;
        }
        return hash;
    }

    @Override
    public String toString() {
        return length <= 64 ? utf8() : slice(0, 64).utf8() + "... (" + length + " bytes)";
    }
}
