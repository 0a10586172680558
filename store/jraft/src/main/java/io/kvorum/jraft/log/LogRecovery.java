package io.kvorum.jraft.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log's files at the start: cuts a torn tail off, refuses corruption. Used by one thread, once.
 *
 * <pre>
 *  good records | damage | nothing valid behind                          torn tail, cut
 *  good records | damage | valid records of the damaged batch behind     torn tail, cut (pages reach the disk unordered)
 *  good records | damage | a valid record of a later batch behind        corruption, refused: the damage was synced before
 *  damage in a segment that is not the last                              corruption, refused
 * </pre>
 */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    private final Path folder;
    private final Consumer<StoredEntry> found;
    private long lastBatch;

    LogRecovery(Path folder, Consumer<StoredEntry> found) {
        this.folder = folder;
        this.found = found;
    }

    /** The segments in order, with their entries noted; empty when there are none. */
    List<Segment> recover() throws IOException {
        List<Headed> headed = withoutVoided(headers());
        List<Segment> segments = new ArrayList<>();
        for (Headed file : headed) {
            Segment segment = Segment.open(file.path(), file.header());
            lastBatch = Math.max(lastBatch, file.header().birth());
            if (!segments.isEmpty() && segments.getLast().lastIndex() + 1 != segment.firstIndex()) {
                throw new LogCorrupt(
                        file.path(),
                        0,
                        "it begins with entry %d, but the segment before it ends with entry %d"
                                .formatted(
                                        segment.firstIndex(), segments.getLast().lastIndex()));
            }
            read(segment, file.equals(headed.getLast()));
            segments.add(segment);
        }
        return segments;
    }

    /** The largest batch number or birth in the files. */
    long lastBatch() {
        return lastBatch;
    }

    private record Headed(Path path, SegmentHeader header) {}

    private List<Headed> headers() throws IOException {
        List<Headed> headers = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path path : files) {
                String name = path.getFileName().toString();
                if (name.endsWith(".log.new")) {
                    Files.delete(path);
                } else if (name.endsWith(".log")) {
                    headers.add(new Headed(path, headerOf(folder, path)));
                }
            }
        }
        headers.sort(Comparator.comparingLong(headed -> headed.header().firstIndex()));
        return headers;
    }

    private static SegmentHeader headerOf(Path folder, Path path) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.SIZE);
        try (var in = FileChannel.open(path, StandardOpenOption.READ)) {
            while (bytes.hasRemaining() && in.read(bytes) >= 0) {}
        }
        SegmentHeader header = SegmentHeader.read(bytes.flip());
        if (header == null || !Segment.pathOf(folder, header.firstIndex()).equals(path)) {
            throw new LogCorrupt(path, 0, "its header is damaged");
        }
        return header;
    }

    /** A crash in the middle of a reset leaves segments behind that the reset meant to delete. */
    private static List<Headed> withoutVoided(List<Headed> headers) throws IOException {
        long voidBelow = headers.stream()
                .filter(headed -> headed.header().voidsEarlier())
                .mapToLong(headed -> headed.header().birth())
                .max()
                .orElse(0);
        List<Headed> kept = new ArrayList<>();
        for (Headed headed : headers) {
            if (headed.header().birth() < voidBelow) {
                Files.delete(headed.path());
            } else {
                kept.add(headed);
            }
        }
        return kept;
    }

    private void read(Segment segment, boolean isLast) throws IOException {
        ByteBuffer bytes = contentOf(segment.path());
        LogRecord before = null;
        while (true) {
            LogRecord record = LogRecord.read(bytes, segment.end());
            if (record == null) {
                break;
            }
            checkOrder(segment, before, record);
            segment.note(record);
            if (record.entry().kind() == StoredEntry.Kind.CONFIGURATION) {
                found.accept(record.entry());
            }
            lastBatch = Math.max(lastBatch, record.batch());
            before = record;
        }
        if (!isZero(bytes, segment.end())) {
            judgeTail(segment, bytes, isLast);
        }
    }

    private static void checkOrder(Segment segment, @Nullable LogRecord before, LogRecord record) {
        long expected = segment.lastIndex() + 1;
        if (record.entry().index() != expected || (before != null && record.batch() < before.batch())) {
            throw new LogCorrupt(
                    segment.path(),
                    segment.end(),
                    "entry %d of batch %d stands where entry %d was expected"
                            .formatted(record.entry().index(), record.batch(), expected));
        }
    }

    private static void judgeTail(Segment segment, ByteBuffer bytes, boolean isLast) throws IOException {
        int at = segment.end();
        if (!isLast) {
            throw new LogCorrupt(segment.path(), at, "a record is damaged and later segments follow");
        }
        long damaged = segment.lastIndex() + 1;
        LogRecord behind = latestBehind(bytes, at);
        if (behind != null && behind.batchBegin() > damaged) {
            throw new LogCorrupt(
                    segment.path(),
                    at,
                    "entry %d is damaged, but a batch written later (entries from %d) is whole"
                            .formatted(damaged, behind.batchBegin()));
        }
        LOG.atWarn()
                .addKeyValue("file", segment.path())
                .addKeyValue("offset", at)
                .addKeyValue("last-entry", segment.lastIndex())
                .log("cut a torn tail off the log: the last write before a crash did not complete");
        segment.cutTail();
    }

    private static @Nullable LogRecord latestBehind(ByteBuffer bytes, int from) {
        LogRecord latest = null;
        for (int at = from; at + LogRecord.HEADER <= bytes.limit(); at += 8) {
            LogRecord record = LogRecord.read(bytes, at);
            if (record != null && (latest == null || record.batch() >= latest.batch())) {
                latest = record;
            }
        }
        return latest;
    }

    private static boolean isZero(ByteBuffer bytes, int from) {
        for (int at = from; at < bytes.limit(); at++) {
            if (bytes.get(at) != 0) {
                return false;
            }
        }
        return true;
    }

    private static ByteBuffer contentOf(Path path) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(path));
    }
}
