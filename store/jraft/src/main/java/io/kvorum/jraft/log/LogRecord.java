package io.kvorum.jraft.log;

import io.kvorum.model.Bytes;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One record of a segment: a header of 40 bytes, the payload, zeros up to a multiple of 8. Pure.
 *
 * <pre>
 *  0 length of the payload   4 crc32c of all but itself   8 batch   16 index   24 term   32 place   36 kind
 * </pre>
 *
 * Batch and place are what tell a torn tail from corruption: a batch is written after the one before it was synced, so
 * a crash can only damage the last one.
 *
 * @param batch grows from batch to batch
 * @param place this record's place in its batch, from 0
 */
record LogRecord(StoredEntry entry, long batch, int place) {
    static final int HEADER = 40;
    /** Far above any entry that is let in, so that a length beyond it can only be damage. */
    static final int LARGEST_PAYLOAD = 256 << 20;

    static int sizeOf(int payloadLength) {
        return (HEADER + payloadLength + 7) & ~7;
    }

    /** The index of the first entry of this record's batch. */
    long batchBegin() {
        return entry.index() - place;
    }

    int size() {
        return sizeOf(entry.payload().length());
    }

    void writeTo(ByteBuffer out) {
        int start = out.position();
        out.putInt(entry.payload().length()).putInt(0);
        out.putLong(batch).putLong(entry.index()).putLong(entry.term());
        out.putInt(place).put(entry.kind().code).put((byte) 0).putShort((short) 0);
        out.put(entry.payload().asReadOnlyBuffer());
        while ((out.position() - start) % 8 != 0) {
            out.put((byte) 0);
        }
        out.putInt(start + 4, checksum(out, start, out.position() - start));
    }

    /** The record at {@code offset}, or null when what stands there is none or is damaged. */
    static @Nullable LogRecord read(ByteBuffer in, int offset) {
        if (in.limit() - offset < HEADER) {
            return null;
        }
        int length = in.getInt(offset);
        long batch = in.getLong(offset + 8);
        long index = in.getLong(offset + 16);
        byte kind = in.get(offset + 36);
        if (length < 0 || length > LARGEST_PAYLOAD || batch <= 0 || index <= 0 || !StoredEntry.Kind.isKnown(kind)) {
            return null;
        }
        int size = sizeOf(length);
        if (in.limit() - offset < size || in.getInt(offset + 4) != checksum(in, offset, size)) {
            return null;
        }
        byte[] payload = new byte[length];
        in.get(offset + HEADER, payload);
        var entry = new StoredEntry(index, in.getLong(offset + 24), StoredEntry.Kind.of(kind), Bytes.wrap(payload));
        return new LogRecord(entry, batch, in.getInt(offset + 32));
    }

    private static int checksum(ByteBuffer buffer, int start, int size) {
        var crc = new CRC32C();
        crc.update(buffer.slice(start, 4));
        crc.update(buffer.slice(start + 8, size - 8));
        return (int) crc.getValue();
    }
}
