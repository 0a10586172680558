package io.kvorum.tunnel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What the two ends of a tunnel say to each other: three numbers in zigzag varints (the message's own, the connection's, the
 * kind's), a fourth for some kinds that nobody reads any more, and a body. The body is not copied.
 */
final class Message {
    static final int DATA = 1;
    static final int CONNECT = 2;
    /** The connection is over; the text {@code EOF} says that all is well. */
    static final int ERROR = 3;

    static final int PAUSE = 6;
    static final int RESUME = 7;
    /** All connections of the sender, as 64-bit numbers, the least significant byte first. */
    static final int CONNECTIONS = 8;

    static final String END = "EOF";
    private static final long DEADLINE_MILLIS = 15_000;
    private static final int MAX_VARINT_BITS = 63;

    private final int kind;
    private final long connection;
    private final byte[] body;

    Message(int kind, long connection, byte[] body) {
        this.kind = kind;
        this.connection = connection;
        this.body = body;
    }

    static Message of(int kind, long connection, String text) {
        return new Message(kind, connection, text.getBytes(StandardCharsets.UTF_8));
    }

    static Message connections(Collection<Long> known) {
        ByteBuffer body = ByteBuffer.allocate(Long.BYTES * known.size()).order(ByteOrder.LITTLE_ENDIAN);
        known.forEach(body::putLong);
        return new Message(CONNECTIONS, 0, body.array());
    }

    int kind() {
        return kind;
    }

    long connection() {
        return connection;
    }

    byte[] body() {
        return body;
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    List<Long> listed() throws IOException {
        if (body.length % Long.BYTES != 0) {
            throw new IOException("a list of connections that is cut off");
        }
        ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        List<Long> listed = new ArrayList<>();
        while (in.hasRemaining()) {
            listed.add(in.getLong());
        }
        return listed;
    }

    private boolean hasDeadline() {
        return kind == DATA || kind == CONNECT;
    }

    byte[] encode(long number) {
        var out = new ByteArrayOutputStream(body.length + 24);
        putVarint(out, number);
        putVarint(out, connection);
        putVarint(out, kind);
        if (hasDeadline()) {
            putVarint(out, DEADLINE_MILLIS);
        }
        out.writeBytes(body);
        return out.toByteArray();
    }

    static Message decode(byte[] encoded) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(encoded);
        varint(in);
        long connection = varint(in);
        long kind = varint(in);
        if (kind == DATA || kind == CONNECT) {
            varint(in);
        }
        byte[] body = new byte[in.remaining()];
        in.get(body);
        return new Message(Math.toIntExact(Math.clamp(kind, 0, Integer.MAX_VALUE)), connection, body);
    }

    private static void putVarint(ByteArrayOutputStream out, long value) {
        long rest = (value << 1) ^ (value >> MAX_VARINT_BITS);
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static long varint(ByteBuffer in) throws IOException {
        long value = 0;
        for (int shift = 0; shift <= MAX_VARINT_BITS; shift += 7) {
            if (!in.hasRemaining()) {
                throw new IOException("a message that is cut off");
            }
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new IOException("a number of more than 64 bits");
    }
}
