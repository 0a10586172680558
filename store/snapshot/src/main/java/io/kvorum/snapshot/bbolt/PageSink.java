package io.kvorum.snapshot.bbolt;

import io.kvorum.model.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;

/**
 * Writes pages one behind the other through one buffer and counts their ids. Used by one thread.
 *
 * <p>Brings what it wrote to the disk from time to time: a gigabyte that waits for the end would then hold up everybody
 * else's writes on the same disk, the store's log first.
 */
final class PageSink {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int UNFORCED_BYTES = 4 << 20;

    private final FileChannel channel;
    private final int pageSize;
    private final byte[] array = new byte[BUFFER_BYTES];
    private final ByteBuffer buffer = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
    private long nextPage = Layout.FIRST_DATA_PAGE;
    private long unforced;

    PageSink(FileChannel channel, int pageSize) throws IOException {
        this.channel = channel;
        this.pageSize = pageSize;
        channel.position((long) Layout.FIRST_DATA_PAGE * pageSize);
    }

    int pageSize() {
        return pageSize;
    }

    /** The first id not yet given out. */
    long nextPage() {
        return nextPage;
    }

    /** @return the id of the page */
    long leaf(List<Entry> entries) throws IOException {
        long bytes = begin(Layout.LEAF, entries.size(), Entry.bytes(entries));
        long data = Layout.HEADER + (long) entries.size() * Layout.ELEMENT;
        long element = Layout.HEADER;
        for (Entry entry : entries) {
            room(Layout.ELEMENT);
            buffer.putInt(entry.flags())
                    .putInt((int) (data - element))
                    .putInt(entry.key().length())
                    .putInt(entry.value().length());
            element += Layout.ELEMENT;
            data += entry.key().length() + entry.value().length();
        }
        for (Entry entry : entries) {
            put(entry.key());
            put(entry.value());
        }
        return end(data, bytes);
    }

    /** @return the id of the page */
    long branch(List<Child> children) throws IOException {
        long bytes = begin(Layout.BRANCH, children.size(), Child.bytes(children));
        long data = Layout.HEADER + (long) children.size() * Layout.ELEMENT;
        long element = Layout.HEADER;
        for (Child child : children) {
            room(Layout.ELEMENT);
            buffer.putInt((int) (data - element)).putInt(child.key().length()).putLong(child.page());
            element += Layout.ELEMENT;
            data += child.key().length();
        }
        for (Child child : children) {
            put(child.key());
        }
        return end(data, bytes);
    }

    /** A freelist without any page: a file written afresh has no holes. */
    long emptyFreelist() throws IOException {
        long bytes = begin(Layout.FREELIST, 0, Layout.HEADER);
        return end(Layout.HEADER, bytes);
    }

    /** Writes what is still in the buffer. */
    void flush() throws IOException {
        buffer.flip();
        unforced += buffer.remaining();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
        if (unforced >= UNFORCED_BYTES) {
            channel.force(false);
            unforced = 0;
        }
    }

    /** @return the bytes of all pages this one takes */
    private long begin(int flags, int count, long contentBytes) throws IOException {
        long pages = (contentBytes + pageSize - 1) / pageSize;
        room(Layout.HEADER);
        buffer.putLong(nextPage).putShort((short) flags).putShort((short) count).putInt((int) (pages - 1));
        return pages * pageSize;
    }

    private long end(long written, long pageBytes) throws IOException {
        pad(pageBytes - written);
        long id = nextPage;
        nextPage += pageBytes / pageSize;
        return id;
    }

    private void pad(long bytes) throws IOException {
        long left = bytes;
        while (left > 0) {
            room(1);
            int some = (int) Math.min(left, buffer.remaining());
            Arrays.fill(array, buffer.position(), buffer.position() + some, (byte) 0);
            buffer.position(buffer.position() + some);
            left -= some;
        }
    }

    private void put(Bytes bytes) throws IOException {
        int done = 0;
        while (done < bytes.length()) {
            room(1);
            int some = Math.min(bytes.length() - done, buffer.remaining());
            bytes.slice(done, done + some).copyTo(array, buffer.position());
            buffer.position(buffer.position() + some);
            done += some;
        }
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    /** An element of a leaf. */
    record Entry(Bytes key, Bytes value, int flags) {
        long bytes() {
            return Layout.ELEMENT + (long) key.length() + value.length();
        }

        static long bytes(List<Entry> entries) {
            return Layout.HEADER + entries.stream().mapToLong(Entry::bytes).sum();
        }
    }

    /** An element of a branch. */
    record Child(Bytes key, long page) {
        long bytes() {
            return Layout.ELEMENT + (long) key.length();
        }

        static long bytes(List<Child> children) {
            return Layout.HEADER + children.stream().mapToLong(Child::bytes).sum();
        }
    }
}
