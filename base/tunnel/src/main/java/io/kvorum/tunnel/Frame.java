package io.kvorum.tunnel;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A frame of RFC 6455. Its payload is not copied and belongs to whoever holds the frame. */
final class Frame {
    static final int CONTINUATION = 0;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    /** Far above what either side sends at once. */
    static final int MAX_BYTES = 1 << 20;

    private static final int FINAL = 0x80;
    private static final int RESERVED = 0x70;
    private static final int MASKED = 0x80;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final int MASK_BYTES = 4;
    private static final int HEAD_BYTES = 14;

    private final int kind;
    private final boolean isLast;
    private final byte[] payload;

    Frame(int kind, boolean isLast, byte[] payload) {
        this.kind = kind;
        this.isLast = isLast;
        this.payload = payload;
    }

    int kind() {
        return kind;
    }

    /** Whether the message ends with it. */
    boolean isLast() {
        return isLast;
    }

    byte[] payload() {
        return payload;
    }

    /** @throws IOException also for what no frame can be */
    static Frame read(DataInputStream in) throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        if ((first & RESERVED) != 0) {
            throw new IOException("a frame of an extension that nobody agreed on");
        }
        long length = second & ~MASKED;
        if (length == TWO_BYTES) {
            length = in.readUnsignedShort();
        } else if (length == EIGHT_BYTES) {
            length = in.readLong();
        }
        if (length < 0 || length > MAX_BYTES) {
            throw new IOException("a frame of %d bytes, at most %d are taken".formatted(length, MAX_BYTES));
        }
        byte @Nullable [] mask = (second & MASKED) == 0 ? null : exactly(in, MASK_BYTES);
        byte[] payload = exactly(in, (int) length);
        if (mask != null) {
            apply(mask, payload);
        }
        return new Frame(first & 0x0f, (first & FINAL) != 0, payload);
    }

    private static byte[] exactly(DataInputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the connection ended within a frame");
        }
        return bytes;
    }

    private static void apply(byte[] mask, byte[] bytes) {
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] ^= mask[at % MASK_BYTES];
        }
    }

    /** @param mask of four bytes, which whoever opened the connection must use; null for the other side */
    byte[] encode(byte @Nullable [] mask) {
        ByteBuffer out = ByteBuffer.allocate(HEAD_BYTES + payload.length);
        out.put((byte) (kind | (isLast ? FINAL : 0)));
        int marked = mask == null ? 0 : MASKED;
        if (payload.length < TWO_BYTES) {
            out.put((byte) (marked | payload.length));
        } else if (payload.length <= 0xffff) {
            out.put((byte) (marked | TWO_BYTES)).putShort((short) payload.length);
        } else {
            out.put((byte) (marked | EIGHT_BYTES)).putLong(payload.length);
        }
        if (mask == null) {
            out.put(payload);
        } else {
            byte[] hidden = payload.clone();
            apply(mask, hidden);
            out.put(mask).put(hidden);
        }
        byte[] encoded = new byte[out.position()];
        out.flip().get(encoded);
        return encoded;
    }
}
