package io.kvorum.snapshot.bbolt;

/**
 * Numbers of the file format, all little-endian. A page has a header (id u64, flags u16, count u16, overflow u32) and
 * goes on over {@code overflow} more pages; then come {@code count} elements of 16 bytes, then keys and values, which
 * the elements point to relative to their own place. Stateless.
 */
final class Layout {
    static final int HEADER = 16;
    static final int FLAGS_AT = 8;
    static final int COUNT_AT = 10;
    static final int OVERFLOW_AT = 12;
    static final int ELEMENT = 16;
    static final int BUCKET = 16;

    static final int BRANCH = 0x01;
    static final int LEAF = 0x02;
    static final int META = 0x04;
    static final int FREELIST = 0x10;

    /** Flag of a leaf's element whose value is a bucket. */
    static final int IS_BUCKET = 0x01;

    /** A freelist of this count or longer keeps its count in its first word. */
    static final int LONG_COUNT = 0xFFFF;

    /** In place of the freelist's page: the file has none, whoever opens it for writing gathers it. */
    static final long NO_FREELIST = -1L;

    static final int FIRST_DATA_PAGE = 2;
    static final int LEAST_PAGE_SIZE = 512;
    static final int MOST_PAGE_SIZE = 65_536;
    static final int MOST_KEY_BYTES = 32_768;

    /** Far above what etcd's largest request makes of a page, far below what would endanger the heap. */
    static final long MOST_NODE_BYTES = 64L << 20;

    /** A tree of this height would have more leaves than a file has bytes. */
    static final int MOST_LEVELS = 40;

    private Layout() {}
}
