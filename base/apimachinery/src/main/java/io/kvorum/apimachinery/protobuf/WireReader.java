package io.kvorum.apimachinery.protobuf;

import java.nio.charset.StandardCharsets;

/** Reads tags and values from bytes that may be hostile; one thread. */
final class WireReader {
    private static final int MAX_GROUPS = 64;

    private final byte[] bytes;
    private int position;
    private int end;

    WireReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    boolean isAtEnd() {
        return position == end;
    }

    int position() {
        return position;
    }

    int tag() {
        long tag = varint();
        if (tag <= 7 || tag > 0xffff_ffffL) {
            throw new MalformedProtobuf("illegal tag " + Long.toUnsignedString(tag));
        }
        return (int) tag;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (position == end) {
                throw endedEarly();
            }
            byte next = bytes[position++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedProtobuf("integer overflow");
    }

    double fixedDouble() {
        need(8);
        long bits = 0;
        for (int i = 7; i >= 0; i--) {
            bits = (bits << 8) | (bytes[position + i] & 0xff);
        }
        position += 8;
        return Double.longBitsToDouble(bits);
    }

    String string() {
        int length = length();
        String text = new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
        return text;
    }

    byte[] bytes() {
        int length = length();
        byte[] copy = new byte[length];
        System.arraycopy(bytes, position, copy, 0, length);
        position += length;
        return copy;
    }

    private int length() {
        long length = varint();
        if (length < 0 || length > Integer.MAX_VALUE) {
            throw new MalformedProtobuf("negative length found during unmarshaling");
        }
        need((int) length);
        return (int) length;
    }

    private void need(int count) {
        if (count > end - position) {
            throw endedEarly();
        }
    }

    /** Narrows the reader to the message that follows; gives what {@link #leave} wants. */
    int enter() {
        int length = length();
        int outer = end;
        end = position + length;
        return outer;
    }

    void leave(int outer) {
        position = end;
        end = outer;
    }

    void skip(int tag) {
        skip(tag, 0);
    }

    private void skip(int tag, int groups) {
        switch (WireType.of(tag)) {
            case VARINT -> varint();
            case FIXED64 -> skipBytes(8);
            case FIXED32 -> skipBytes(4);
            case LENGTH -> skipBytes(length());
            case GROUP_START -> skipGroup(groups + 1);
            case GROUP_END -> throw new MalformedProtobuf("unexpected end of group");
        }
    }

    private void skipBytes(int count) {
        need(count);
        position += count;
    }

    private void skipGroup(int groups) {
        if (groups > MAX_GROUPS) {
            throw new MalformedProtobuf("groups are nested too deep");
        }
        while (true) {
            int tag = tag();
            if (WireType.of(tag) == WireType.GROUP_END) {
                return;
            }
            skip(tag, groups);
        }
    }

    private static MalformedProtobuf endedEarly() {
        return new MalformedProtobuf("unexpected EOF");
    }
}
