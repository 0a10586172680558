package io.kvorum.backend;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Walks through the pages of an LMDB file before LMDB does: LMDB trusts each number in them, and a wrong one makes it
 * read behind the end of a page or of the file, which ends the process without a word. Values are not looked at, they
 * have checksums. Used by one thread, once for each opening.
 *
 * <pre>
 *   meta page (the newer of two) --> free pages: tree of page numbers
 *                                \-> main: tree of tables --> each a tree: branch pages, leaf pages, large values
 * </pre>
 */
final class FileCheck {
    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);

    private static final int HEADER = 16;
    private static final int NODE_HEADER = 8;
    private static final int TREE_BYTES = 48;
    private static final int MAGIC = 0xBEEFC0DE;
    private static final int META_BYTES = HEADER + 24 + 2 * TREE_BYTES + 16;

    private static final int BRANCH = 1;
    private static final int LEAF = 2;
    private static final int OVERFLOW = 4;

    private static final int LARGE_VALUE = 1;
    private static final int SUB_TREE = 2;

    private static final int INTEGER_KEYS = 8;
    private static final long NO_PAGE = -1;
    private static final int MOST_DEPTH = 32;

    private final Path folder;
    private final FileChannel file;
    private final int pageBytes;
    private final long lastPage;
    private final BitSet used = new BitSet();

    private FileCheck(Path folder, FileChannel file, int pageBytes, long lastPage) {
        this.folder = folder;
        this.file = file;
        this.pageBytes = pageBytes;
        this.lastPage = lastPage;
        used.set(0, 2);
    }

    private static VarHandle view(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
    }

    /** @throws BackendException.Corrupt when LMDB must not be let near the file; one that is not there or empty is well */
    static void check(Path folder) {
        Path path = folder.resolve(Environment.DATA_FILE);
        if (!Files.exists(path) || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            return;
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            if (file.size() > 0) {
                check(folder, file);
            }
        } catch (IOException e) {
            throw new BackendException.Unusable(folder, "it cannot be read: " + e);
        }
    }

    private static void check(Path folder, FileChannel file) throws IOException {
        byte[] first = read(file, 0, META_BYTES, folder);
        int pageBytes = i(first, HEADER + 24);
        if (pageBytes < 512 || pageBytes > 65536 || Integer.bitCount(pageBytes) != 1) {
            throw new BackendException.Corrupt(folder, "its pages would have %d bytes".formatted(pageBytes));
        }
        byte[] second = read(file, pageBytes, META_BYTES, folder);
        requireMeta(first, 0, pageBytes, folder);
        requireMeta(second, 1, pageBytes, folder);
        byte[] newer = transaction(first) >= transaction(second) ? first : second;
        long lastPage = l(newer, META_BYTES - 16);
        if (lastPage < 1 || lastPage > Integer.MAX_VALUE - 1) {
            throw new BackendException.Corrupt(folder, "its last page would be %d".formatted(lastPage));
        }
        new FileCheck(folder, file, pageBytes, lastPage).walk(newer);
    }

    private static void requireMeta(byte[] meta, int page, int pageBytes, Path folder) {
        boolean isRight = l(meta, 0) == page
                && i(meta, HEADER) == MAGIC
                && (i(meta, HEADER + 4) & 0xffff) == 1
                && i(meta, HEADER + 24) == pageBytes
                && s(meta, HEADER + 24 + 4) == INTEGER_KEYS;
        if (!isRight) {
            throw new BackendException.Corrupt(folder, "its meta page %d is wrong".formatted(page));
        }
    }

    private static long transaction(byte[] meta) {
        return l(meta, META_BYTES - 8);
    }

    private void walk(byte[] meta) throws IOException {
        new Tree("free pages", meta, HEADER + 24, Kind.FREE).walk();
        new Tree("tables", meta, HEADER + 24 + TREE_BYTES, Kind.TABLES).walk();
    }

    private enum Kind {
        FREE,
        TABLES,
        VALUES
    }

    /** One tree of pages. */
    private final class Tree {
        private final String name;
        private final Kind kind;
        private final int flags;
        private final int depth;
        private final long[] promised = new long[4];
        private final long[] found = new long[4];
        private final long root;
        private byte[] keyBefore = new byte[0];
        private int keyBeforeBytes = -1;
        private boolean mayRepeat;

        Tree(String name, byte[] from, int at, Kind kind) {
            this.name = name;
            this.kind = kind;
            flags = s(from, at + 4);
            depth = s(from, at + 6);
            for (int i = 0; i < promised.length; i++) {
                promised[i] = l(from, at + 8 + 8 * i);
            }
            root = l(from, at + 40);
        }

        void walk() throws IOException {
            require(flags == (kind == Kind.FREE ? INTEGER_KEYS : 0), "has flags %d", flags);
            if (root == NO_PAGE) {
                require(depth == 0, "is %d deep, but empty", depth);
            } else {
                require(depth > 0 && depth <= MOST_DEPTH, "is %d deep", depth);
                page(root, depth);
            }
            require(
                    Arrays.equals(promised, found),
                    "has %s branch, leaf and overflow pages and entries instead of %s",
                    Arrays.toString(found),
                    Arrays.toString(promised));
        }

        private void page(long number, int level) throws IOException {
            byte[] page = take(number, 1);
            int kindOfPage = s(page, 10);
            int lower = s(page, 12);
            int upper = s(page, 14);
            require(kindOfPage == (level > 1 ? BRANCH : LEAF), "has a page %d with flags %d", number, kindOfPage);
            require(
                    lower >= HEADER && lower % 2 == 0 && lower <= upper && upper <= pageBytes,
                    "has a page %d with room from %d to %d",
                    number,
                    lower,
                    upper);
            int nodes = (lower - HEADER) / 2;
            int fewest = level == 1 || kind == Kind.FREE ? 1 : 2; // LMDB does not promise more of free pages
            require(nodes >= fewest, "has a page %d with %d nodes", number, nodes);
            found[level > 1 ? 0 : 1]++;
            for (int i = 0; i < nodes; i++) {
                int at = s(page, HEADER + 2 * i);
                require(at >= upper && at + NODE_HEADER <= pageBytes, "has a node of page %d at %d", number, at);
                int keyEnd = at + NODE_HEADER + s(page, at + 6);
                require(keyEnd <= pageBytes, "has a key of page %d up to %d", number, keyEnd);
                if (level > 1) {
                    if (i > 0) { // the first key of a branch page counts as the smallest, whatever it is
                        requireOrder(page, number, at + NODE_HEADER, keyEnd);
                        mayRepeat = true; // it may be the first one below it
                    }
                    long child = (i(page, at) & 0xffffffffL) | ((long) s(page, at + 4) << 32);
                    page(child, level - 1);
                } else {
                    leaf(page, number, at, keyEnd);
                }
            }
        }

        private void leaf(byte[] page, long number, int at, int keyEnd) throws IOException {
            found[3]++;
            requireOrder(page, number, at + NODE_HEADER, keyEnd);
            long size = i(page, at) & 0xffffffffL;
            int nodeFlags = s(page, at + 4);
            require(
                    nodeFlags == 0 || nodeFlags == (kind == Kind.TABLES ? SUB_TREE : LARGE_VALUE),
                    "has a node of page %d with flags %d",
                    number,
                    nodeFlags);
            boolean isLarge = nodeFlags == LARGE_VALUE;
            long end = keyEnd + (isLarge ? Long.BYTES : size);
            require(end <= pageBytes, "has a value of page %d up to %d", number, end);
            byte[] large = isLarge ? large(l(page, keyEnd), size) : null;
            if (kind == Kind.TABLES) {
                require(nodeFlags == SUB_TREE && size == TREE_BYTES, "has an entry that is no table");
                String table = new String(page, at + NODE_HEADER, keyEnd - at - NODE_HEADER, StandardCharsets.UTF_8);
                new Tree("table " + table, page, keyEnd, Kind.VALUES).walk();
            } else if (kind == Kind.FREE) {
                free(large == null ? page : large, large == null ? keyEnd : HEADER, size);
            }
        }

        /** Page numbers, each free to be written again: none may be in use, nor free twice. */
        private void free(byte[] list, int at, long size) {
            long count = size < Long.BYTES ? -1 : l(list, at);
            require(count >= 0 && (count + 1) * Long.BYTES <= size, "has a list of %d in %d bytes", count, size);
            for (int i = 1; i <= count; i++) {
                mark(l(list, at + Long.BYTES * i), 1);
            }
        }

        private byte[] large(long number, long size) throws IOException {
            long pages = (HEADER + size + pageBytes - 1) / pageBytes;
            require(number >= 2 && number + pages - 1 <= lastPage, "has a value in pages from %d", number);
            byte[] content = kind == Kind.FREE ? take(number, (int) pages) : take(number, 1, (int) pages);
            require(
                    s(content, 10) == OVERFLOW && (i(content, 12) & 0xffffffffL) == pages,
                    "has a value of %d bytes at page %d, which has others",
                    size,
                    number);
            found[2] += pages;
            return content;
        }

        private byte[] take(long number, int pages) throws IOException {
            return take(number, pages, pages);
        }

        private byte[] take(long number, int pagesRead, int pages) throws IOException {
            mark(number, pages);
            byte[] content = read(file, number * pageBytes, pagesRead * pageBytes, folder);
            require(l(content, 0) == number, "has page %d where %d should be", l(content, 0), number);
            return content;
        }

        private void mark(long number, int pages) {
            require(number >= 2 && number + pages - 1 <= lastPage, "has a page %d of %d", number, lastPage);
            int from = (int) number;
            int next = used.nextSetBit(from);
            require(next < 0 || next >= from + pages, "has a page %d that is used elsewhere", next);
            used.set(from, from + pages);
        }

        private void requireOrder(byte[] page, long number, int from, int to) {
            if (kind == Kind.FREE) {
                require(to - from == Long.BYTES, "has a key of %d bytes", to - from);
            } else if (keyBeforeBytes >= 0) {
                require(
                        Arrays.compareUnsigned(keyBefore, 0, keyBeforeBytes, page, from, to) < (mayRepeat ? 1 : 0),
                        "has keys in the wrong order in page %d",
                        number);
            }
            mayRepeat = false;
            if (keyBefore.length < to - from) {
                keyBefore = new byte[2 * (to - from)];
            }
            System.arraycopy(page, from, keyBefore, 0, to - from);
            keyBeforeBytes = to - from;
        }

        private void require(boolean isRight, String what, Object... values) {
            if (!isRight) {
                throw new BackendException.Corrupt(folder, "the tree of %s %s".formatted(name, what.formatted(values)));
            }
        }
    }

    private static byte[] read(FileChannel file, long at, int bytes, Path folder) throws IOException {
        var content = ByteBuffer.allocate(bytes);
        while (content.hasRemaining()) {
            if (file.read(content, at + content.position()) < 0) {
                throw new BackendException.Corrupt(folder, "it ends before byte %d".formatted(at + bytes));
            }
        }
        return content.array();
    }

    private static int s(byte[] from, int at) {
        return (short) SHORT.get(from, at) & 0xffff;
    }

    private static int i(byte[] from, int at) {
        return (int) INT.get(from, at);
    }

    private static long l(byte[] from, int at) {
        return (long) LONG.get(from, at);
    }
}
