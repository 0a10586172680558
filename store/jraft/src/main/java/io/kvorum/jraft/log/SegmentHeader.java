package io.kvorum.jraft.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first 40 bytes of a segment. Pure.
 *
 * @param birth drawn from the same counter as the batch numbers: of two segments the later made has the larger one
 * @param voidsEarlier every segment with a smaller birth is void, though a crash may have left it behind
 */
record SegmentHeader(long firstIndex, long birth, boolean voidsEarlier) {
    static final int SIZE = 40;

    private static final long MAGIC = 0x4b766f72756d4c31L; // "KvorumL1"

    ByteBuffer encoded() {
        ByteBuffer out = ByteBuffer.allocate(SIZE);
        out.putLong(MAGIC).putLong(firstIndex).putLong(birth).putLong(voidsEarlier ? 1 : 0);
        out.putInt(0).putInt(checksum(out));
        return out.flip();
    }

    static @Nullable SegmentHeader read(ByteBuffer in) {
        if (in.limit() < SIZE || in.getLong(0) != MAGIC || in.getInt(36) != checksum(in)) {
            return null;
        }
        return new SegmentHeader(in.getLong(8), in.getLong(16), in.getLong(24) == 1);
    }

    private static int checksum(ByteBuffer buffer) {
        var crc = new CRC32C();
        crc.update(buffer.slice(0, 36));
        return (int) crc.getValue();
    }
}
