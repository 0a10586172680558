package io.kvorum.jraft.log;

import io.kvorum.model.Invariant;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * One file of the log and where its entries stand in it. Written by one thread; the index of entries is guarded by the
 * lock of {@link SegmentedLog}, reading an entry's bytes needs no lock.
 */
final class Segment implements Closeable {
    /** Of the kernel's cache, which keeps in one piece what was written in one piece. */
    private static final int PAGE_BYTES = 4096;

    private final Path path;
    private final SegmentHeader header;
    private final FileChannel channel;
    private int[] offsets = new int[256];
    private long[] terms = new long[256];
    private int count;
    private int end = SegmentHeader.SIZE;
    private long allocated;

    private Segment(Path path, SegmentHeader header, FileChannel channel) throws IOException {
        this.path = path;
        this.header = header;
        this.channel = channel;
        this.allocated = channel.size();
    }

    static Path pathOf(Path folder, long firstIndex) {
        return folder.resolve("%020d.log".formatted(firstIndex));
    }

    static Segment open(Path path, SegmentHeader header) throws IOException {
        return new Segment(path, header, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /** Makes the file under another name first: a segment with a proper name always has its header. */
    static Segment create(Path folder, SegmentHeader header) throws IOException {
        Path path = pathOf(folder, header.firstIndex());
        Path unborn = folder.resolve(path.getFileName() + ".new");
        try (var out = FileChannel.open(
                unborn, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeFully(out, header.encoded(), 0);
            out.force(true);
        }
        Files.move(unborn, path, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(folder);
        return open(path, header);
    }

    static void syncFolder(Path folder) throws IOException {
        try (var directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    Path path() {
        return path;
    }

    SegmentHeader header() {
        return header;
    }

    long firstIndex() {
        return header.firstIndex();
    }

    long lastIndex() {
        return header.firstIndex() + count - 1;
    }

    boolean isEmpty() {
        return count == 0;
    }

    int end() {
        return end;
    }

    boolean holds(long index) {
        return index >= firstIndex() && index <= lastIndex();
    }

    long term(long index) {
        return terms[slot(index)];
    }

    /** Where an entry stands; to be read with {@link #read} outside any lock. */
    Place place(long index) {
        int slot = slot(index);
        int next = slot + 1 < count ? offsets[slot + 1] : end;
        return new Place(this, offsets[slot], next - offsets[slot]);
    }

    record Place(Segment segment, int offset, int size) {}

    private int slot(long index) {
        Invariant.check(holds(index), "entry %d is not in %s", index, path);
        return (int) (index - firstIndex());
    }

    /** Makes an entry known that stands in the file already. */
    void note(LogRecord record) {
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, count * 2);
            terms = Arrays.copyOf(terms, count * 2);
        }
        offsets[count] = end;
        terms[count] = record.entry().term();
        count++;
        end += record.size();
    }

    /** Takes room behind the last record; may be tried again when it fails. */
    void makeRoom(int size, int preallocateBytes) throws IOException {
        if (end + size > allocated) {
            try {
                allocate(end + size, preallocateBytes);
            } catch (IOException e) {
                if (end + size > allocated) {
                    throw e; // less than was wanted would do, but there is not even that
                }
            }
        }
    }

    /** Writes records behind the last one and waits until they are on stable storage; they are not noted yet. */
    void write(ByteBuffer records) throws IOException {
        writeFully(channel, records, end);
        channel.force(false);
    }

    private void allocate(long atLeast, int preallocateBytes) throws IOException {
        long target = atLeast + preallocateBytes;
        ByteBuffer zeros = ByteBuffer.allocateDirect(PAGE_BYTES);
        while (allocated < target) {
            // page by page: every entry written later would make the whole of a larger piece dirty
            long toBoundary = PAGE_BYTES - allocated % PAGE_BYTES;
            zeros.clear().limit((int) Math.min(toBoundary, target - allocated));
            int written = zeros.remaining();
            writeFully(channel, zeros, allocated);
            allocated += written;
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    LogRecord read(Place place) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(place.size());
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, place.offset() + (long) bytes.position()) < 0) {
                break;
            }
        }
        LogRecord record = LogRecord.read(bytes.flip(), 0);
        if (record == null) {
            throw new LogCorrupt(path, place.offset(), "the record that was read well before is damaged now");
        }
        return record;
    }

    /** Forgets the entries behind {@code lastKept} in memory. */
    void forgetAfter(long lastKept) {
        int keep = (int) (lastKept - firstIndex() + 1);
        if (keep < count) {
            end = offsets[keep];
            count = keep;
        }
    }

    /** Cuts off what stands behind the last known entry: left there, it could come to life again. */
    void cutTail() throws IOException {
        channel.truncate(end);
        allocated = end;
        channel.force(true);
    }

    void delete() {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("could not delete the log file " + path, e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
