package io.kvorum.snapshot.bbolt;

import io.kvorum.model.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/** Reads pages by their id and trusts nothing they say about their size. Any thread may call it. */
final class Pages {
    private final Path file;
    private final FileChannel channel;
    private final Meta meta;

    /** @param lengthBytes how much of the file belongs to the database, without a trailer */
    Pages(Path file, FileChannel channel, long lengthBytes) throws IOException {
        this.file = file;
        this.channel = channel;
        this.meta = newest(lengthBytes)
                .orElseThrow(() -> new SnapshotDamaged(
                        file, 0, Math.min(lengthBytes, 2L * Layout.MOST_PAGE_SIZE), "neither meta page is valid"));
        if (meta.pages() <= Layout.FIRST_DATA_PAGE || meta.pages() > lengthBytes / meta.pageSize()) {
            throw new SnapshotDamaged(
                    file,
                    0,
                    lengthBytes,
                    "%d pages of %d bytes are promised and %d bytes are there"
                            .formatted(meta.pages(), meta.pageSize(), lengthBytes));
        }
    }

    private Optional<Meta> newest(long lengthBytes) throws IOException {
        Optional<Meta> first = metaAt(0, lengthBytes);
        Optional<Meta> second = Optional.empty();
        if (first.isPresent()) {
            second = metaAt(first.get().pageSize(), lengthBytes).filter(each -> isSameSize(each, first.get()));
        } else {
            for (int size = Layout.LEAST_PAGE_SIZE; size <= Layout.MOST_PAGE_SIZE && second.isEmpty(); size *= 2) {
                int expected = size;
                second = metaAt(size, lengthBytes).filter(each -> each.pageSize() == expected);
            }
        }
        if (first.isPresent() && second.isPresent()) {
            boolean isFirstNewer = first.get().transaction() >= second.get().transaction();
            return isFirstNewer ? first : second;
        }
        return first.isPresent() ? first : second;
    }

    private static boolean isSameSize(Meta one, Meta other) {
        return one.pageSize() == other.pageSize();
    }

    private Optional<Meta> metaAt(long position, long lengthBytes) throws IOException {
        if (position + Meta.BYTES > lengthBytes) {
            return Optional.empty();
        }
        return Meta.read(read(position, Meta.BYTES));
    }

    Meta meta() {
        return meta;
    }

    Path file() {
        return file;
    }

    /** @param seen takes the pages that were read; a page that is in it already is reached twice, which is damage */
    Node node(long id, BitSet seen) {
        try {
            // Most nodes are one page: it is read at once, not its header first.
            byte[] first = read(at(id), meta.pageSize());
            Extent extent = extent(id, ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN));
            see(extent, seen);
            byte[] whole = first;
            if (extent.overflow() > 0) {
                whole = Arrays.copyOf(first, extent.bytes());
                read(extent.fromByte(), ByteBuffer.wrap(whole).position(first.length));
            }
            return new Node(file, extent.fromByte(), Bytes.wrap(whole));
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "read", e);
        }
    }

    /** Reads the list of free pages through and marks it and them as seen. */
    void freelist(BitSet seen) {
        Extent extent = freelistExtent();
        see(extent, seen);
        if (extent.flags() != Layout.FREELIST) {
            throw damaged(extent, "a page of flags 0x%x stands where the freelist must be".formatted(extent.flags()));
        }
        boolean isLong = extent.count() == Layout.LONG_COUNT;
        long start = extent.fromByte() + Layout.HEADER + (isLong ? Long.BYTES : 0);
        long room = (extent.toByte() - start) / Long.BYTES;
        try {
            long count = isLong ? longAt(start - Long.BYTES) : extent.count();
            if (count < 0 || count > room) {
                throw damaged(extent, "the freelist promises %d pages and has room for %d".formatted(count, room));
            }
            for (long done = 0; done < count; done += 512) {
                int some = (int) Math.min(512, count - done);
                ByteBuffer ids = numbers(start + done * Long.BYTES, some * Long.BYTES);
                while (ids.hasRemaining()) {
                    free(ids.getLong(), extent, seen);
                }
            }
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "read", e);
        }
    }

    private void free(long id, Extent list, BitSet seen) {
        if (id < Layout.FIRST_DATA_PAGE || id >= meta.pages() || seen.get((int) id)) {
            throw damaged(list, "page %d is called free; it is in use, free already or outside".formatted(id));
        }
        seen.set((int) id);
    }

    private static void see(Extent extent, BitSet seen) {
        int from = (int) extent.id();
        int to = (int) (extent.id() + extent.overflow() + 1);
        int known = seen.nextSetBit(from);
        if (known >= 0 && known < to) {
            throw damaged(extent, "page %d is reached twice".formatted(known));
        }
        seen.set(from, to);
    }

    private Extent freelistExtent() {
        try {
            return extent(meta.freelist(), numbers(at(meta.freelist()), Layout.HEADER));
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "read", e);
        }
    }

    /** Where a page begins, which is within the file. */
    private long at(long id) {
        long pageSize = meta.pageSize();
        if (id < Layout.FIRST_DATA_PAGE || id >= meta.pages() || id >= Integer.MAX_VALUE) {
            throw new SnapshotDamaged(
                    file, 0, meta.pages() * pageSize, "something points to page %d of %d".formatted(id, meta.pages()));
        }
        return id * pageSize;
    }

    private Extent extent(long id, ByteBuffer header) {
        long pageSize = meta.pageSize();
        Extent extent = new Extent(
                file,
                id,
                Short.toUnsignedInt(header.getShort(Layout.FLAGS_AT)),
                Short.toUnsignedInt(header.getShort(Layout.COUNT_AT)),
                Integer.toUnsignedLong(header.getInt(Layout.OVERFLOW_AT)),
                pageSize);
        if (header.getLong(0) != id) {
            throw new SnapshotDamaged(
                    file,
                    id * pageSize,
                    (id + 1) * pageSize,
                    "page %d calls itself %d".formatted(id, header.getLong(0)));
        }
        if (extent.overflow() >= meta.pages() - id || extent.pages() * pageSize > Layout.MOST_NODE_BYTES) {
            throw new SnapshotDamaged(
                    file,
                    id * pageSize,
                    (id + 1) * pageSize,
                    "page %d goes on over %d more pages".formatted(id, extent.overflow()));
        }
        return extent;
    }

    private static SnapshotDamaged damaged(Extent extent, String what) {
        return new SnapshotDamaged(extent.file(), extent.fromByte(), extent.toByte(), what);
    }

    private long longAt(long position) throws IOException {
        return numbers(position, Long.BYTES).getLong();
    }

    private ByteBuffer numbers(long position, int bytes) throws IOException {
        return ByteBuffer.wrap(read(position, bytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] read(long position, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        read(position, target);
        return target.array();
    }

    /** @param position in the file of the target's first byte, whatever its own position is */
    private void read(long position, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target, position + target.position()) < 0) {
                throw new SnapshotDamaged(file, position, position + target.limit(), "the file ends within");
            }
        }
    }

    /** Where a page and those it goes on over lie, as its header says, within the file. */
    private record Extent(Path file, long id, int flags, int count, long overflow, long pageSize) {
        long pages() {
            return overflow + 1;
        }

        long fromByte() {
            return id * pageSize;
        }

        long toByte() {
            return (id + pages()) * pageSize;
        }

        int bytes() {
            return (int) (pages() * pageSize);
        }
    }
}
