package io.kvorum.jraft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentedLogTest {
    private static final LogSizes SMALL = new LogSizes(600, 256);

    @TempDir
    Path folder;

    private final List<StoredEntry> configurations = new ArrayList<>();

    private SegmentedLog open() {
        configurations.clear();
        return SegmentedLog.open(folder, SMALL, configurations::add);
    }

    private static StoredEntry entry(long index, long term, String text) {
        return new StoredEntry(index, term, StoredEntry.Kind.DATA, Bytes.utf8(text));
    }

    private Path lastSegment() throws IOException {
        try (var files = Files.list(folder)) {
            return files.sorted().toList().getLast();
        }
    }

    private static void overwrite(Path file, long offset, byte... bytes) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        }
    }

    @Test
    void anEmptyLogExpectsItsFirstEntry() {
        try (var log = open()) {
            assertThat(log.firstIndex()).isEqualTo(1);
            assertThat(log.lastIndex()).isZero();
            assertThat(log.entry(1)).isNull();
            assertThat(log.term(1)).isZero();
        }
    }

    @Test
    void configurationsAreHandedOverWhenTheLogIsOpened() {
        var configuration = new StoredEntry(2, 1, StoredEntry.Kind.CONFIGURATION, Bytes.utf8("voters=a"));
        try (var log = open()) {
            log.append(List.of(entry(1, 1, "a"), configuration));
        }
        try (var _ = open()) {
            assertThat(configurations).containsExactly(configuration);
        }
    }

    /**
     * A seeded walk against a list: appends, cuts at both ends, resets, reopenings. A failure names the seed.
     */
    @Test
    void theLogIsAListWhateverHappensToIt() throws IOException {
        for (long seed = 1; seed <= 60; seed++) {
            Path own = folder.resolve("seed-" + seed);
            walk(own, seed);
        }
    }

    private static void walk(Path own, long seed) {
        var random = new Random(seed);
        var model = new Model();
        SegmentedLog log = SegmentedLog.open(own, SMALL, _ -> {});
        try {
            for (int step = 0; step < 120; step++) {
                switch (random.nextInt(10)) {
                    case 0 -> {
                        log.close();
                        log = SegmentedLog.open(own, SMALL, _ -> {});
                        model.first = log.firstIndex(); // whole segments are kept
                    }
                    case 1 -> {
                        long kept = model.first + random.nextInt(Math.max(1, model.size()) + 1);
                        log.truncatePrefix(kept);
                        model.truncatePrefix(kept);
                    }
                    case 2 -> {
                        long kept = Math.max(0, model.last() - random.nextInt(Math.max(1, model.size()) + 1));
                        log.truncateSuffix(kept);
                        model.truncateSuffix(kept);
                    }
                    case 3 -> {
                        if (random.nextInt(4) == 0) {
                            long next = model.first + random.nextInt(30);
                            log.reset(next);
                            model.reset(next);
                        }
                    }
                    default -> {
                        List<StoredEntry> batch = new ArrayList<>();
                        for (int i = random.nextInt(5); i >= 0; i--) {
                            batch.add(entry(
                                    model.last() + 1 + batch.size(), 1 + step / 10, "x".repeat(random.nextInt(200))));
                        }
                        log.append(batch);
                        model.append(batch);
                    }
                }
                model.check(log, "seed " + seed + ", step " + step);
            }
        } finally {
            log.close();
        }
    }

    private static final class Model {
        private final List<StoredEntry> all = new ArrayList<>(); // also those before first
        private long base = 1;
        long first = 1;

        long last() {
            return base + all.size() - 1;
        }

        int size() {
            return (int) (last() - first + 1);
        }

        void append(List<StoredEntry> batch) {
            all.addAll(batch);
        }

        void truncatePrefix(long kept) {
            if (kept > last()) {
                reset(kept);
            } else {
                first = Math.max(first, kept);
            }
        }

        void truncateSuffix(long kept) {
            if (kept < first) {
                reset(kept + 1);
                return;
            }
            while (last() > kept) {
                all.removeLast();
            }
        }

        void reset(long next) {
            all.clear();
            base = next;
            first = next;
        }

        void check(SegmentedLog log, String where) {
            assertThat(log.firstIndex()).as(where).isEqualTo(first);
            assertThat(log.lastIndex()).as(where).isEqualTo(last());
            for (long index = first; index <= last(); index++) {
                StoredEntry expected = all.get((int) (index - base));
                assertThat(log.entry(index)).as("%s, entry %d", where, index).isEqualTo(expected);
                assertThat(log.term(index)).as("%s, term of %d", where, index).isEqualTo(expected.term());
            }
            assertThat(log.entry(last() + 1)).as(where).isNull();
            assertThat(log.entry(first - 1)).as(where).isNull();
        }
    }

    @Test
    void aCrashAtAnyByteOfTheLastBatchLosesNothingThatWasAcknowledged() throws IOException {
        var acknowledged = List.of(entry(1, 1, "one"), entry(2, 1, "two, which is longer"));
        var last = List.of(entry(3, 1, "three"), entry(4, 1, "four"), entry(5, 1, "five and more"));
        long begin;
        long end;
        Path file;
        try (var log = SegmentedLog.open(folder, new LogSizes(1 << 20, 0), configurations::add)) {
            log.append(acknowledged);
            file = lastSegment();
            begin = Files.size(file);
            log.append(last);
            end = Files.size(file);
        }
        byte[] whole = Files.readAllBytes(file);
        for (long cut = begin; cut <= end; cut++) {
            byte[] torn = java.util.Arrays.copyOf(whole, (int) cut);
            // once the file ends there, once zeros were preallocated behind
            for (int padding : List.of(0, 64)) {
                Files.write(file, java.util.Arrays.copyOf(torn, (int) cut + padding));
                checkRecovered(acknowledged, last, cut == end, "cut at " + cut + " with " + padding);
            }
        }
    }

    private void checkRecovered(List<StoredEntry> acknowledged, List<StoredEntry> last, boolean isWhole, String where) {
        try (var log = open()) {
            for (StoredEntry entry : acknowledged) {
                assertThat(log.entry(entry.index())).as(where).isEqualTo(entry);
            }
            for (long index = 3; index <= log.lastIndex(); index++) {
                assertThat(log.entry(index)).as(where).isEqualTo(last.get((int) index - 3));
            }
            if (isWhole) {
                assertThat(log.lastIndex()).as(where).isEqualTo(5);
            }
            long next = log.lastIndex() + 1;
            log.append(List.of(entry(next, 2, "goes on")));
        }
        try (var log = open()) {
            assertThat(log.entry(log.lastIndex()).payload().utf8()).as(where).isEqualTo("goes on");
        }
    }

    /** Pages reach the disk in any order: the beginning of the last batch may be missing while its end is there. */
    @Test
    void aHoleInTheLastBatchIsATornWrite() throws IOException {
        long begin;
        try (var log = SegmentedLog.open(folder, new LogSizes(1 << 20, 0), configurations::add)) {
            log.append(List.of(entry(1, 1, "one")));
            begin = Files.size(lastSegment());
            log.append(List.of(entry(2, 1, "two"), entry(3, 1, "three")));
        }
        overwrite(lastSegment(), begin, new byte[16]);
        try (var log = open()) {
            assertThat(log.lastIndex()).isEqualTo(1);
            log.append(List.of(entry(2, 2, "again")));
        }
        try (var log = open()) {
            assertThat(log.lastIndex()).isEqualTo(2);
        }
    }

    @Test
    void damageBeforeALaterBatchIsCorruptionAndTheStartIsRefused() throws IOException {
        long begin;
        try (var log = SegmentedLog.open(folder, new LogSizes(1 << 20, 0), configurations::add)) {
            log.append(List.of(entry(1, 1, "one")));
            begin = Files.size(lastSegment());
            log.append(List.of(entry(2, 1, "two")));
            log.append(List.of(entry(3, 1, "three")));
        }
        overwrite(lastSegment(), begin + LogRecord.HEADER, (byte) 'X');

        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(LogCorrupt.class, e -> {
                    assertThat(e.offset()).isEqualTo(begin);
                    assertThat(e.file()).hasFileName("00000000000000000001.log");
                })
                .hasMessageContaining("join it again")
                .hasMessageContaining("entry 2 is damaged");
    }

    @Test
    void damageAfterACutSuffixIsStillToldApart() throws IOException {
        long begin;
        try (var log = SegmentedLog.open(folder, new LogSizes(1 << 20, 0), configurations::add)) {
            log.append(List.of(entry(1, 1, "one"), entry(2, 1, "two"), entry(3, 1, "three")));
            log.append(List.of(entry(4, 1, "four")));
            log.truncateSuffix(2);
            begin = Files.size(lastSegment());
            log.append(List.of(entry(3, 2, "three"), entry(4, 2, "four")));
        }
        byte[] whole = Files.readAllBytes(lastSegment());
        overwrite(lastSegment(), begin, new byte[8]);
        try (var log = open()) {
            assertThat(log.lastIndex()).isEqualTo(2);
        }
        Files.write(lastSegment(), whole);
        try (var log = open()) {
            log.append(List.of(entry(5, 2, "five")));
        }
        overwrite(lastSegment(), begin, new byte[8]);
        assertThatThrownBy(this::open).isInstanceOf(LogCorrupt.class);
    }

    @Test
    void damageInAnEarlierSegmentIsCorruption() throws IOException {
        try (var log = open()) {
            for (long index = 1; index <= 20; index++) {
                log.append(List.of(entry(index, 1, "x".repeat(100))));
            }
        }
        Path first = folder.resolve("%020d.log".formatted(1));
        overwrite(first, SegmentHeader.SIZE + 60, (byte) 'X');

        assertThatThrownBy(this::open).isInstanceOf(LogCorrupt.class);
    }

    @Test
    void aMissingSegmentIsCorruption() throws IOException {
        try (var log = open()) {
            for (long index = 1; index <= 30; index++) {
                log.append(List.of(entry(index, 1, "x".repeat(100))));
            }
        }
        try (var files = Files.list(folder)) {
            Files.delete(files.sorted().toList().get(1));
        }

        assertThatThrownBy(this::open).isInstanceOf(LogCorrupt.class).hasMessageContaining("the segment before it");
    }

    /** A reset first makes the new segment, then deletes the others: a crash may leave any of them behind. */
    @Test
    void aResetThatWasInterruptedIsFinishedAtTheNextStart() throws IOException {
        Path kept = folder.resolve("kept");
        try (var log = open()) {
            for (long index = 1; index <= 20; index++) {
                log.append(List.of(entry(index, 1, "x".repeat(100))));
            }
            Files.createDirectory(kept);
            try (var files = Files.list(folder)) {
                for (Path path : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(path, kept.resolve(path.getFileName()));
                }
            }
            log.reset(100);
            log.append(List.of(entry(100, 3, "after")));
        }
        try (var files = Files.list(kept)) {
            for (Path path : files.toList()) {
                Files.copy(path, folder.resolve(path.getFileName()));
            }
        }
        try (var log = open()) {
            assertThat(log.firstIndex()).isEqualTo(100);
            assertThat(log.lastIndex()).isEqualTo(100);
        }
    }

    @Test
    void readersSeeWholeEntriesWhileTheLogIsCutAndGrows() throws Exception {
        try (var log = open()) {
            var failure = new java.util.concurrent.atomic.AtomicReference<Throwable>();
            var stop = new java.util.concurrent.atomic.AtomicBoolean();
            Thread reader = Thread.ofPlatform().start(() -> {
                var random = new Random(7);
                try {
                    while (!stop.get()) {
                        long index = log.firstIndex() + random.nextInt(60);
                        StoredEntry read = log.entry(index);
                        if (read != null && read.index() != index) {
                            throw new AssertionError(read + " for " + index);
                        }
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            for (int round = 0; round < 200; round++) {
                long next = log.lastIndex() + 1;
                log.append(List.of(entry(next, 1, "x".repeat(90)), entry(next + 1, 1, "y".repeat(90))));
                if (round % 20 == 19) {
                    log.truncatePrefix(log.lastIndex() - 10);
                }
            }
            stop.set(true);
            reader.join();
            assertThat(failure.get()).isNull();
        }
    }
}
