package io.kvorum.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Damages a stopped member's log. Records stand one behind the other, each a multiple of 8 long: payload length (4),
 * checksum (4), batch (8), index (8), term (8), place (4), kind (1), 3 bytes of nothing, payload.
 */
final class LogDamage {
    private static final int SEGMENT_HEADER = 40;
    private static final int RECORD_HEADER = 40;

    private LogDamage() {}

    private record Found(int offset, int payloadLength, long batch, long index, long term, byte kind) {
        int end() {
            return offset + ((RECORD_HEADER + payloadLength + 7) & ~7);
        }
    }

    /** What a crash leaves of a write: the beginning of a record that was never acknowledged. False without a log. */
    static boolean tear(Path log, int bytes, Random random) {
        Optional<Path> segment = segments(log).max(Comparator.naturalOrder());
        if (segment.isEmpty()) {
            return false;
        }
        List<Found> records = records(segment.get());
        if (records.isEmpty()) {
            return false;
        }
        Found last = records.getLast();
        int length = bytes + 1 + random.nextInt(200);
        ByteBuffer torn = ByteBuffer.allocate(RECORD_HEADER + bytes);
        torn.putInt(length).putInt(random.nextInt()).putLong(last.batch() + 1).putLong(last.index() + 1);
        torn.putLong(last.term()).putInt(0).put(last.kind()).put(new byte[3]);
        byte[] payload = new byte[bytes];
        random.nextBytes(payload);
        torn.put(payload);
        byte[] part = random.nextBoolean() ? torn.array() : firstOf(torn.array(), 1 + random.nextInt(RECORD_HEADER));
        write(segment.get(), last.end(), part);
        return true;
    }

    private static byte[] firstOf(byte[] bytes, int count) {
        return ByteBuffer.allocate(count).put(bytes, 0, count).array();
    }

    /**
     * Flips a bit of a record that was synced before another was written, so that no crash explains it.
     *
     * @param where between 0 and 1: which record
     * @return false when there are no two records like that
     */
    static boolean flip(Path log, double where, Random random) {
        List<Path> segments = segments(log).sorted().toList();
        if (segments.isEmpty()) {
            return false;
        }
        Path segment = segments.getLast();
        List<Found> records = records(segment);
        long lastBatch = records.isEmpty() ? 0 : records.getLast().batch();
        List<Found> old =
                records.stream().filter(each -> each.batch() < lastBatch).toList();
        if (old.isEmpty()) {
            return false;
        }
        Found victim = old.get((int) (where * old.size()));
        int at = victim.offset() + random.nextInt(RECORD_HEADER + victim.payloadLength());
        byte[] content = read(segment);
        write(segment, at, new byte[] {(byte) (content[at] ^ (1 << random.nextInt(8)))});
        return true;
    }

    private static Stream<Path> segments(Path log) {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(file -> file.toString().endsWith(".log")).toList().stream();
        } catch (IOException e) {
            return Stream.of();
        }
    }

    private static List<Found> records(Path segment) {
        ByteBuffer bytes = ByteBuffer.wrap(read(segment));
        List<Found> records = new ArrayList<>();
        int at = SEGMENT_HEADER;
        while (at + RECORD_HEADER <= bytes.limit() && bytes.getLong(at + 8) > 0) {
            var record = new Found(
                    at,
                    bytes.getInt(at),
                    bytes.getLong(at + 8),
                    bytes.getLong(at + 16),
                    bytes.getLong(at + 24),
                    bytes.get(at + 36));
            records.add(record);
            at = record.end();
        }
        return records;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, int at, byte[] bytes) {
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.position(at).write(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
