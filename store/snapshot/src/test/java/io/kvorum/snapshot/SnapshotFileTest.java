package io.kvorum.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileTest {
    private static final int MUTATIONS = 2000;
    /** A few times the file's own size, for the pages, records and complaints of one reading. */
    private static final long MOST_ALLOCATED = 16L << 20;

    @TempDir
    private Path folder;

    @Test
    void factsComeBackAsTheyWereWritten() {
        SnapshotFacts facts = new SnapshotFacts(
                12,
                3,
                new Revision(40),
                new Revision(30),
                Optional.of("3.6.0"),
                Optional.of("3.6.0"),
                Optional.of(Bytes.utf8("{\"voters\":[1]}")));
        MemoryContent content = new MemoryContent();
        content.facts(facts);
        Path file = folder.resolve("a.db");
        SnapshotWriter.write(file, content);

        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            assertThat(snapshot.facts()).isEqualTo(facts);
        }
    }

    @Test
    void onlyItsOwnerMayReadASnapshot() throws Exception {
        Path file = folder.resolve("a.db");
        SnapshotWriter.write(file, new MemoryContent());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aWriteThatFailsLeavesTheOldSnapshotAndNothingElse() throws Exception {
        Path file = folder.resolve("a.db");
        SnapshotWriter.write(file, new MemoryContent());
        byte[] before = Files.readAllBytes(file);

        assertThatThrownBy(() -> SnapshotWriter.write(file, (bucket, visitor) -> {
                    throw new IllegalStateException("the store is closed");
                }))
                .hasMessage("the store is closed");

        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aMissingSnapshotIsInaccessibleAndNotDamaged() {
        assertThatThrownBy(() -> SnapshotFile.open(folder.resolve("none")))
                .isInstanceOf(SnapshotInaccessible.class)
                .hasMessageContaining("none");
    }

    @Test
    void noChangedByteAndNoCutPassesTheTrailer() throws Exception {
        byte[] whole = sample();
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < MUTATIONS; i++) {
            Path file = folder.resolve("mutant.db");
            Files.write(file, mutated(whole, random));

            assertThatThrownBy(() -> SnapshotFile.open(file).close())
                    .as("mutation %d", i)
                    .isInstanceOf(SnapshotDamaged.class);
        }
    }

    @Test
    void withoutATrailerDamageIsNothingWorseThanDamage() throws Exception {
        byte[] whole = sample();
        SplittableRandom random = new SplittableRandom(12);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            Path file = folder.resolve("mutant.db");
            Files.write(file, mutated(whole, random));
            long before = allocated();
            try (SnapshotFile snapshot = SnapshotFile.openUnverified(file)) {
                snapshot.status();
                snapshot.history(
                        (at, isDeletion, record) -> assertThat(record.key()).isNotNull());
                snapshot.facts();
            } catch (SnapshotDamaged e) {
                refused++;
                assertThat(e.fromByte()).isBetween(0L, e.toByte());
            }
            assertThat(allocated() - before).as("mutation %d", i).isLessThan(MOST_ALLOCATED);
        }
        assertThat(refused).isGreaterThan(MUTATIONS / 4);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private byte[] sample() throws Exception {
        MemoryContent content = MemoryContent.lively(5, 600, 300);
        content.put("large", MemoryContent.value(new SplittableRandom(6), 20_000));
        Path file = folder.resolve("sample.db");
        SnapshotWriter.write(file, content);
        return Files.readAllBytes(file);
    }

    /** Cut, or with bytes changed, half of the time where the pages say how they are built. */
    private static byte[] mutated(byte[] whole, SplittableRandom random) {
        if (random.nextInt(8) == 0) {
            return Arrays.copyOf(
                    whole,
                    random.nextBoolean() ? random.nextInt(whole.length) : 512 * random.nextInt(whole.length / 512));
        }
        byte[] mutant = whole.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int page = random.nextInt(whole.length / 4096) * 4096;
            int at = random.nextBoolean() ? random.nextInt(whole.length) : page + random.nextInt(64);
            byte old = mutant[at];
            mutant[at] = random.nextBoolean() ? (byte) (old ^ 1 << random.nextInt(8)) : (byte) random.nextInt();
            if (mutant[at] == whole[at]) {
                mutant[at] ^= 0x10;
            }
        }
        return mutant;
    }
}
