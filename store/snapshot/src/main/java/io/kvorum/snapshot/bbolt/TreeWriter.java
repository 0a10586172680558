package io.kvorum.snapshot.bbolt;

import io.kvorum.model.Bytes;
import io.kvorum.snapshot.bbolt.PageSink.Child;
import io.kvorum.snapshot.bbolt.PageSink.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds one tree from the bottom while its entries pass by in order; holds one unwritten page of each level. Used by
 * one thread.
 *
 * <p>A leaf is written once it fills its pages to nine tenths. Two entries of 2.1 KiB therefore share a leaf of several
 * pages instead of leaving half of a page of 4 KiB empty each.
 */
final class TreeWriter {
    private static final int MOST_LEAF_BYTES = 64 << 10;

    private final PageSink sink;
    private final List<Entry> leaf = new ArrayList<>();
    private final List<List<Child>> branches = new ArrayList<>();
    private long leafBytes = Layout.HEADER;
    private @Nullable Bytes last;

    TreeWriter(PageSink sink) {
        this.sink = sink;
    }

    void put(Bytes key, Bytes value, int flags) throws IOException {
        if (key.isEmpty() || key.length() > Layout.MOST_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "a key has 1 to %d bytes, got %d".formatted(Layout.MOST_KEY_BYTES, key.length()));
        }
        if (last != null && key.compareTo(last) <= 0) {
            throw new IllegalArgumentException(
                    "keys come in ascending order, got one that does not follow its predecessor");
        }
        Entry entry = new Entry(key, value, flags);
        if (!leaf.isEmpty() && isFullFor(entry)) {
            flushLeaf();
        }
        leaf.add(entry);
        leafBytes += entry.bytes();
        last = key;
    }

    private boolean isFullFor(Entry next) {
        int pageSize = sink.pageSize();
        long room = (leafBytes + pageSize - 1) / pageSize * pageSize;
        boolean isFilled = (room - leafBytes) * 10 <= room;
        return leafBytes + next.bytes() > room && (isFilled || leafBytes + next.bytes() > MOST_LEAF_BYTES);
    }

    private void flushLeaf() throws IOException {
        Bytes first = leaf.getFirst().key();
        long page = sink.leaf(leaf);
        leaf.clear();
        leafBytes = Layout.HEADER;
        // Its own copy: the key may share the memory of much more, and waits here for long.
        add(0, new Child(Bytes.wrap(first.toByteArray()), page));
    }

    private void add(int level, Child child) throws IOException {
        if (level == branches.size()) {
            branches.add(new ArrayList<>());
        }
        List<Child> branch = branches.get(level);
        if (branch.size() > 2 && Child.bytes(branch) + child.bytes() > sink.pageSize()) {
            // One stays behind, so that the level's last page never has a single child.
            Child kept = branch.removeLast();
            Child written = flush(branch);
            branch.add(kept);
            branch.add(child);
            add(level + 1, written);
        } else {
            branch.add(child);
        }
    }

    private Child flush(List<Child> branch) throws IOException {
        Child parent = new Child(branch.getFirst().key(), sink.branch(branch));
        branch.clear();
        return parent;
    }

    /** Writes what is left; the tree takes no more entries. */
    long finish() throws IOException {
        if (branches.isEmpty()) {
            return sink.leaf(leaf);
        }
        if (!leaf.isEmpty()) {
            flushLeaf();
        }
        int level = 0;
        while (level < branches.size() - 1) {
            add(level + 1, flush(branches.get(level)));
            level++;
        }
        return flush(branches.get(level)).page();
    }

    /** As {@link #finish()}, for the value of a bucket: a small tree goes into the value itself. */
    Bytes finishBucket() throws IOException {
        boolean isInline = branches.isEmpty() && leafBytes <= sink.pageSize() / 4;
        if (!isInline) {
            byte[] header = new byte[Layout.BUCKET];
            ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(finish());
            return Bytes.wrap(header);
        }
        byte[] inline = new byte[Layout.BUCKET + (int) leafBytes];
        ByteBuffer out = ByteBuffer.wrap(inline).order(ByteOrder.LITTLE_ENDIAN);
        out.putShort(Layout.BUCKET + Layout.FLAGS_AT, (short) Layout.LEAF);
        out.putShort(Layout.BUCKET + Layout.COUNT_AT, (short) leaf.size());
        int element = Layout.BUCKET + Layout.HEADER;
        int data = element + leaf.size() * Layout.ELEMENT;
        for (Entry entry : leaf) {
            out.putInt(element, entry.flags());
            out.putInt(element + 4, data - element);
            out.putInt(element + 8, entry.key().length());
            out.putInt(element + 12, entry.value().length());
            entry.key().copyTo(inline, data);
            entry.value().copyTo(inline, data + entry.key().length());
            element += Layout.ELEMENT;
            data += entry.key().length() + entry.value().length();
        }
        return Bytes.wrap(inline);
    }
}
