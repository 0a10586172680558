package io.kvorum.jraft.log;

import io.kvorum.model.Invariant;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The log on disk: append a batch (one sync), read, cut at either end, start over. One thread at a time may change it;
 * any thread may read it meanwhile.
 */
public final class SegmentedLog implements Closeable {
    private static final int KEPT_BUFFER = 1 << 20;

    private final Path folder;
    private final LogSizes sizes;
    private final RoomWatch watch;
    /** Guards the index of segments and entries; never held across I/O. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    private final TreeMap<Long, Segment> segments = new TreeMap<>();
    private long firstIndex;
    private long lastBatch;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
    private @Nullable IOException broken;

    private SegmentedLog(Path folder, LogSizes sizes, RoomWatch watch) {
        this.watch = watch;
        this.folder = folder;
        this.sizes = sizes;
    }

    /**
     * Opens the log in the folder, which is made if it is not there.
     *
     * @param found is given every configuration entry of the log, in order
     * @throws LogCorrupt when the files hold what no crash can explain
     * @throws UncheckedIOException when the files cannot be read or written
     */
    public static SegmentedLog open(Path folder, LogSizes sizes, Consumer<StoredEntry> found) {
        return open(folder, sizes, found, RoomWatch.NONE);
    }

    /** @param watch is asked what to do when the disk has no room for more entries */
    public static SegmentedLog open(Path folder, LogSizes sizes, Consumer<StoredEntry> found, RoomWatch watch) {
        var log = new SegmentedLog(folder, sizes, watch);
        try {
            Files.createDirectories(folder);
            var recovery = new LogRecovery(folder, found);
            for (Segment segment : recovery.recover()) {
                log.segments.put(segment.firstIndex(), segment);
            }
            log.lastBatch = recovery.lastBatch();
            if (log.segments.isEmpty()) {
                log.addSegment(1, false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not open the log in " + folder, e);
        }
        log.firstIndex = log.segments.firstKey();
        return log;
    }

    /** The first entry that is there, or the one that will come first when there is none. */
    public long firstIndex() {
        lock.readLock().lock();
        try {
            return firstIndex;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The last entry, or the one before {@link #firstIndex} when there is none. */
    public long lastIndex() {
        lock.readLock().lock();
        try {
            return segments.lastEntry().getValue().lastIndex();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The entry's term; 0 when the entry is not there. */
    public long term(long index) {
        lock.readLock().lock();
        try {
            Segment segment = segmentOf(index);
            return segment == null ? 0 : segment.term(index);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The entry, or null when it is not there. */
    public @Nullable StoredEntry entry(long index) {
        Segment.Place place = place(index);
        if (place == null) {
            return null;
        }
        try {
            StoredEntry entry = place.segment().read(place).entry();
            Invariant.check(entry.index() == index, "found entry %d where %d stands", entry.index(), index);
            return entry;
        } catch (ClosedChannelException e) {
            if (place(index) == null) {
                return null; // cut off since
            }
            throw new UncheckedIOException("could not read entry %d of the log in %s".formatted(index, folder), e);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read entry %d of the log in %s".formatted(index, folder), e);
        }
    }

    private Segment.@Nullable Place place(long index) {
        lock.readLock().lock();
        try {
            Segment segment = segmentOf(index);
            return segment == null ? null : segment.place(index);
        } finally {
            lock.readLock().unlock();
        }
    }

    private @Nullable Segment segmentOf(long index) {
        if (index < firstIndex) {
            return null;
        }
        var floor = segments.floorEntry(index);
        return floor != null && floor.getValue().holds(index) ? floor.getValue() : null;
    }

    /**
     * Appends the entries behind the last one; when it returns they are on stable storage.
     *
     * @throws UncheckedIOException when they are not; the log then takes no more
     */
    public void append(List<StoredEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        Invariant.check(
                entries.getFirst().index() == lastIndex() + 1,
                "entry %d cannot follow entry %d",
                entries.getFirst().index(),
                lastIndex());
        changing("append to", () -> {
            List<LogRecord> records = batch(entries);
            ByteBuffer bytes = encoded(records);
            Segment segment = patiently(() -> {
                Segment last = segmentForNextBatch();
                last.makeRoom(bytes.remaining(), sizes.preallocateBytes());
                return last;
            });
            segment.write(bytes);
            locked(() -> records.forEach(segment::note));
        });
    }

    private interface RoomTaking {
        Segment take() throws IOException;
    }

    /** Room is taken before a byte of the entries is written, so a shortage leaves the log as it was. */
    private Segment patiently(RoomTaking taking) throws IOException {
        boolean isShort = false;
        while (true) {
            try {
                Segment taken = taking.take();
                if (isShort) {
                    watch.roomAgain();
                }
                return taken;
            } catch (IOException e) {
                if (!RoomWatch.isShortage(e) || !watch.waitForRoom(e)) {
                    throw e;
                }
                isShort = true;
            }
        }
    }

    private Segment segmentForNextBatch() throws IOException {
        Segment last = segments.lastEntry().getValue();
        return last.end() < sizes.segmentBytes() ? last : addSegment(last.lastIndex() + 1, false);
    }

    private List<LogRecord> batch(List<StoredEntry> entries) {
        long batch = ++lastBatch;
        var records = new ArrayList<LogRecord>(entries.size());
        for (StoredEntry entry : entries) {
            records.add(new LogRecord(entry, batch, records.size()));
        }
        return records;
    }

    private ByteBuffer encoded(List<LogRecord> records) {
        int size = records.stream().mapToInt(LogRecord::size).sum();
        if (buffer.capacity() < size) {
            ByteBuffer larger = ByteBuffer.allocateDirect(size);
            if (size <= KEPT_BUFFER) {
                buffer = larger;
            }
            return fill(larger, records);
        }
        return fill(buffer.clear(), records);
    }

    private static ByteBuffer fill(ByteBuffer out, List<LogRecord> records) {
        records.forEach(record -> record.writeTo(out));
        return out.flip();
    }

    /** Lets the entries before {@code firstKept} go; the files follow as far as they hold nothing else. */
    public void truncatePrefix(long firstKept) {
        if (firstKept > lastIndex()) {
            reset(firstKept);
            return;
        }
        changing("cut the beginning of", () -> {
            var gone = new ArrayList<Segment>();
            locked(() -> {
                firstIndex = Math.max(firstIndex, firstKept);
                while (segments.size() > 1 && segments.firstEntry().getValue().lastIndex() < firstKept) {
                    gone.add(segments.pollFirstEntry().getValue());
                }
            });
            gone.forEach(Segment::delete);
        });
    }

    /** Takes the entries after {@code lastKept} back; returns when they cannot come to life again. */
    public void truncateSuffix(long lastKept) {
        if (lastKept >= lastIndex()) {
            return;
        }
        if (lastKept < firstIndex()) {
            reset(lastKept + 1);
            return;
        }
        changing("cut the end of", () -> {
            var gone = new ArrayList<Segment>();
            locked(() -> {
                while (segments.lastEntry().getValue().firstIndex() > lastKept) {
                    gone.add(segments.pollLastEntry().getValue());
                }
                segments.lastEntry().getValue().forgetAfter(lastKept);
            });
            gone.forEach(Segment::delete);
            Segment.syncFolder(folder);
            segments.lastEntry().getValue().cutTail();
        });
    }

    /** Drops everything; the next entry will be {@code nextIndex}. */
    public void reset(long nextIndex) {
        Invariant.check(nextIndex > 0, "no log begins with entry %d", nextIndex);
        changing("reset", () -> {
            var gone = List.copyOf(segments.values());
            addSegment(nextIndex, true);
            for (Segment segment : gone.reversed()) {
                if (segment.firstIndex() == nextIndex) {
                    segment.close(); // its file was replaced
                } else {
                    segment.delete();
                }
            }
            Segment.syncFolder(folder);
        });
    }

    private Segment addSegment(long first, boolean voidsEarlier) throws IOException {
        Segment segment = Segment.create(folder, new SegmentHeader(first, ++lastBatch, voidsEarlier));
        locked(() -> {
            if (voidsEarlier) {
                segments.clear();
                firstIndex = first;
            }
            segments.put(first, segment);
        });
        return segment;
    }

    private interface Change {
        void run() throws IOException;
    }

    private void changing(String what, Change change) {
        if (broken != null) {
            throw new UncheckedIOException(
                    "the log in %s failed before and takes no more until a restart".formatted(folder), broken);
        }
        try {
            change.run();
        } catch (IOException e) {
            // After a failed sync nobody knows what is on the disk: only reading it again at a start can tell.
            broken = e;
            throw new UncheckedIOException("could not %s the log in %s".formatted(what, folder), e);
        }
    }

    private void locked(Runnable change) {
        lock.writeLock().lock();
        try {
            change.run();
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void close() {
        for (Segment segment : segments.values()) {
            try {
                segment.close();
            } catch (IOException e) {
                throw new UncheckedIOException("could not close the log file " + segment.path(), e);
            }
        }
    }
}
