package io.kvorum.snapshot.bbolt;

import io.kvorum.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * One branch or leaf of a tree, read as a whole and proven to keep inside its own bytes. An immutable value; what it
 * gives out shares its memory.
 */
final class Node {
    private final Path file;
    private final long at;
    private final Bytes content;
    private final ByteBuffer numbers;
    private final boolean isLeaf;
    private final int count;

    /**
     * @param at where the content starts in the file
     * @throws SnapshotDamaged when the content is not a branch or leaf, or points outside itself
     */
    Node(Path file, long at, Bytes content) {
        this.file = file;
        this.at = at;
        this.content = content;
        this.numbers = content.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        int flags = Short.toUnsignedInt(numbers.getShort(Layout.FLAGS_AT));
        if (flags != Layout.LEAF && flags != Layout.BRANCH) {
            throw damaged("a page of flags 0x%x stands where a branch or a leaf must be".formatted(flags));
        }
        isLeaf = flags == Layout.LEAF;
        count = Short.toUnsignedInt(numbers.getShort(Layout.COUNT_AT));
        if (dataStart() > content.length()) {
            throw damaged("a page of %d bytes promises %d elements".formatted(content.length(), count));
        }
        if (!isLeaf && count == 0) {
            throw damaged("a branch has no child");
        }
        for (int i = 0; i < count; i++) {
            check(i);
        }
    }

    private int dataStart() {
        return Layout.HEADER + count * Layout.ELEMENT;
    }

    private void check(int index) {
        long start = keyStart(index);
        long keyBytes = keyBytes(index);
        long end = start + keyBytes + (isLeaf ? word(index, 12) : 0);
        if (start < dataStart() || end > content.length()) {
            throw damaged("element %d points to bytes %d to %d of a page that keeps data in %d to %d"
                    .formatted(index, start, end, dataStart(), content.length()));
        }
        if (keyBytes > Layout.MOST_KEY_BYTES || (isLeaf && keyBytes == 0)) {
            throw damaged("the key of element %d has %d bytes".formatted(index, keyBytes));
        }
        if (isLeaf && (word(index, 0) & ~Layout.IS_BUCKET) != 0) {
            throw damaged("element %d has unknown flags 0x%x".formatted(index, word(index, 0)));
        }
    }

    private static int element(int index) {
        return Layout.HEADER + index * Layout.ELEMENT;
    }

    private long word(int index, int offset) {
        return Integer.toUnsignedLong(numbers.getInt(element(index) + offset));
    }

    private long keyStart(int index) {
        return element(index) + word(index, isLeaf ? 4 : 0);
    }

    private long keyBytes(int index) {
        return word(index, isLeaf ? 8 : 4);
    }

    boolean isLeaf() {
        return isLeaf;
    }

    int count() {
        return count;
    }

    Bytes key(int index) {
        int start = (int) keyStart(index);
        return content.slice(start, start + (int) keyBytes(index));
    }

    Bytes value(int index) {
        int start = valueStart(index);
        return content.slice(start, start + (int) word(index, 12));
    }

    private int valueStart(int index) {
        return (int) (keyStart(index) + keyBytes(index));
    }

    /** Where the value starts in the file. */
    long valueAt(int index) {
        return at + valueStart(index);
    }

    boolean isBucket(int index) {
        return word(index, 0) == Layout.IS_BUCKET;
    }

    long child(int index) {
        return numbers.getLong(element(index) + 8);
    }

    SnapshotDamaged damaged(String what) {
        return new SnapshotDamaged(file, at, at + content.length(), what);
    }
}
