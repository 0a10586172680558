package io.kvorum.snapshot.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever bytes are flipped or cut: a snapshot is told apart from what was saved, or is what was saved. */
class SnapshotFuzzTest {
    private static final int ROUNDS = 600;
    private static final int TRAILER = 32;
    /** A look at so small a file may not need more, whatever lengths it promises. */
    private static final long MOST_ALLOCATED = 64L << 20;

    @TempDir
    private Path base;

    @Test
    void aDamagedFileIsNeverTakenForAWholeOne() throws Exception {
        Path file = save(false);
        Inspection whole = SnapshotCatalogue.inspect(file);
        fuzz(file, 1, false, seen -> assertThat(seen).isEqualTo(whole));
    }

    @Test
    void aDamagedArchiveIsNeverTakenForAWholeOne() throws Exception {
        Path file = save(true);
        Inspection whole = SnapshotCatalogue.inspect(file);
        fuzz(file, 2, false, seen -> assertThat(seen).isEqualTo(whole));
    }

    @Test
    void aFileThatSomebodySealedAgainNeverBreaksTheReader() throws Exception {
        fuzz(save(false), 3, true, seen -> assertThat(seen.objectCount()).isNotNegative());
    }

    private interface Judge {
        void judge(Inspection seen);
    }

    private void fuzz(Path file, long seed, boolean isSealedAgain, Judge judge) throws Exception {
        byte[] original = Files.readAllBytes(file);
        var random = new SplittableRandom(seed);
        var memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutated(original, random);
            if (isSealedAgain) {
                seal(bytes);
            }
            Files.write(file, bytes);
            long before = memory.getCurrentThreadAllocatedBytes();
            try {
                judge.judge(SnapshotCatalogue.inspect(file));
            } catch (SnapshotDamaged e) {
                refused++;
            }
            assertThat(memory.getCurrentThreadAllocatedBytes() - before)
                    .as("seed %d, round %d", seed, round)
                    .isLessThan(MOST_ALLOCATED);
        }
        assertThat(refused).isGreaterThan(ROUNDS / 10);
    }

    private static byte[] mutated(byte[] original, SplittableRandom random) {
        byte[] bytes =
                random.nextInt(5) == 0 ? Arrays.copyOf(original, random.nextInt(original.length)) : original.clone();
        int flips = bytes.length == 0 ? 0 : 1 + random.nextInt(3);
        for (int i = 0; i < flips; i++) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private static void seal(byte[] bytes) throws Exception {
        if (bytes.length > TRAILER) {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, bytes.length - TRAILER);
            digest.digest(bytes, bytes.length - TRAILER, TRAILER);
        }
    }

    private Path save(boolean isCompressed) {
        var content = new Objects();
        for (int i = 0; i < 300; i++) {
            content.put("/registry/pods/default/pod-" + i % 200, "value " + i);
        }
        var catalogue = new SnapshotCatalogue(base.resolve("snapshots"));
        var order = new SaveOrder("fuzz", "h1", isCompressed, "");
        return catalogue
                .save(order, content, Instant.ofEpochSecond(1_770_000_000), (step, done) -> {})
                .file();
    }
}
