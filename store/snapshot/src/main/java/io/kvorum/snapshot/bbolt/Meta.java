package io.kvorum.snapshot.bbolt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The root of the file, kept twice in its first two pages: the valid one of the later transaction counts.
 *
 * @param pages how many pages are in use or free: the first id never given out
 */
record Meta(int pageSize, long root, long sequence, long freelist, long pages, long transaction) {
    static final int BYTES = Layout.HEADER + 64;
    private static final int MAGIC = 0xED0CDAED;
    private static final int VERSION = 2;
    private static final int CHECKED = 56;
    private static final long FNV_START = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** The whole page, with its header. */
    byte[] toPage(long id) {
        byte[] page = new byte[pageSize];
        ByteBuffer out = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(id).putShort((short) Layout.META).putShort((short) 0).putInt(0);
        out.putInt(MAGIC).putInt(VERSION).putInt(pageSize).putInt(0);
        out.putLong(root).putLong(sequence).putLong(freelist).putLong(pages).putLong(transaction);
        out.putLong(checksum(page));
        return page;
    }

    /** @param page its first {@link #BYTES} bytes at least; empty when they are no valid meta page */
    static Optional<Meta> read(byte[] page) {
        ByteBuffer in = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
        boolean isMeta = in.getShort(Layout.FLAGS_AT) == Layout.META;
        in.position(Layout.HEADER);
        boolean isKnown = in.getInt() == MAGIC && in.getInt() == VERSION;
        if (!isMeta || !isKnown || in.getLong(Layout.HEADER + CHECKED) != checksum(page)) {
            return Optional.empty();
        }
        int pageSize = in.getInt();
        in.getInt();
        if (pageSize < Layout.LEAST_PAGE_SIZE || pageSize > Layout.MOST_PAGE_SIZE || Integer.bitCount(pageSize) != 1) {
            return Optional.empty();
        }
        return Optional.of(new Meta(pageSize, in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong()));
    }

    /** FNV-1a of 64 bits over what stands before the checksum. */
    private static long checksum(byte[] page) {
        long hash = FNV_START;
        for (int i = Layout.HEADER; i < Layout.HEADER + CHECKED; i++) {
            hash = (hash ^ (page[i] & 0xff)) * FNV_PRIME;
        }
        return hash;
    }
}
