package io.kvorum.snapshot.bbolt;

import io.kvorum.model.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * An open file of the format, read page by page; buckets within buckets are refused. Any thread may open cursors; each
 * cursor belongs to one thread and dies with the file's {@link #close()}.
 */
public final class DatabaseFile implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final Pages pages;

    private DatabaseFile(Path file, FileChannel channel, Pages pages) {
        this.file = file;
        this.channel = channel;
        this.pages = pages;
    }

    /**
     * Opens a file for reading.
     *
     * @param trailerBytes how many bytes at the end of the file do not belong to the database
     * @throws SnapshotDamaged when it is not such a file or is cut
     * @throws SnapshotInaccessible when the disk refuses
     */
    public static DatabaseFile open(Path file, int trailerBytes) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            try {
                return new DatabaseFile(file, channel, new Pages(file, channel, channel.size() - trailerBytes));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "open", e);
        }
    }

    public Path file() {
        return file;
    }

    /** The bytes of all pages in use or free; the file may be longer. */
    public long sizeBytes() {
        return pages.meta().pages() * pages.meta().pageSize();
    }

    /** The names of the buckets in their order. */
    public List<Bytes> buckets() {
        List<Bytes> names = new ArrayList<>();
        Cursor cursor = top(new BitSet());
        while (cursor.next()) {
            names.add(cursor.key());
        }
        return List.copyOf(names);
    }

    /** A cursor before the first entry of the bucket; empty when there is no such bucket. */
    public Optional<Cursor> bucket(Bytes name) {
        Cursor cursor = top(new BitSet());
        while (cursor.next()) {
            if (cursor.key().equals(name)) {
                return Optional.of(contentOf(cursor, new BitSet()));
            }
        }
        return Optional.empty();
    }

    /**
     * Reads everything once, buckets and entries in order, and proves that every page is reached exactly once or free.
     *
     * @throws SnapshotDamaged also when a page is lost
     */
    public void readThrough(Visitor visitor) {
        BitSet seen = new BitSet();
        seen.set(0, Layout.FIRST_DATA_PAGE);
        Cursor names = top(seen);
        while (names.next()) {
            Bytes bucket = names.key();
            visitor.bucket(bucket);
            Cursor entries = contentOf(names, seen);
            while (entries.next()) {
                entries.mustBePlain();
                visitor.entry(bucket, entries);
            }
        }
        if (pages.meta().freelist() != Layout.NO_FREELIST) {
            pages.freelist(seen);
            int lost = seen.nextClearBit(0);
            if (lost < pages.meta().pages()) {
                long at = (long) lost * pages.meta().pageSize();
                throw new SnapshotDamaged(
                        file, at, at + pages.meta().pageSize(), "page %d is neither used nor free".formatted(lost));
            }
        }
    }

    private Cursor top(BitSet seen) {
        return new Cursor(pages, pages.node(pages.meta().root(), seen), seen);
    }

    private Cursor contentOf(Cursor bucket, BitSet seen) {
        Bytes value = bucket.value();
        if (!bucket.isBucket() || value.length() < Layout.BUCKET) {
            throw bucket.damaged("an entry stands where a bucket must be");
        }
        ByteBuffer header = value.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        long root = header.getLong(0);
        if (root != 0) {
            return new Cursor(pages, pages.node(root, seen), seen);
        }
        if (value.length() < Layout.BUCKET + Layout.HEADER) {
            throw bucket.damaged("a bucket kept in its parent's page has no page");
        }
        Node inline = new Node(file, bucket.valueAt() + Layout.BUCKET, value.slice(Layout.BUCKET, value.length()));
        if (!inline.isLeaf()) {
            throw bucket.damaged("a bucket kept in its parent's page has branches");
        }
        return new Cursor(pages, inline, seen);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "close", e);
        }
    }

    /** Sees the whole file in order. */
    public interface Visitor {
        void bucket(Bytes name);

        /** @param entry standing at the entry, not to be moved */
        void entry(Bytes bucket, Cursor entry);
    }
}
