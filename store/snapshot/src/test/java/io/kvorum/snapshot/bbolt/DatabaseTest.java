package io.kvorum.snapshot.bbolt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    @TempDir
    private Path folder;

    @Test
    void whatWasWrittenIsReadWhateverTheShapeOfItsTrees() {
        for (int seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            NavigableMap<Bytes, NavigableMap<Bytes, Bytes>> model = randomModel(random);
            Path file = folder.resolve("seed-" + seed);
            write(file, model);

            assertThat(read(file)).as("seed %d", seed).isEqualTo(model);
        }
    }

    private static NavigableMap<Bytes, NavigableMap<Bytes, Bytes>> randomModel(SplittableRandom random) {
        NavigableMap<Bytes, NavigableMap<Bytes, Bytes>> model = new TreeMap<>();
        int buckets = random.nextInt(5);
        for (int i = 0; i < buckets; i++) {
            int entries = random.nextInt(3) == 0 ? random.nextInt(4) : random.nextInt(3000);
            int mostKey = random.nextInt(4) == 0 ? 3000 : 1 + random.nextInt(40);
            int mostValue = random.nextInt(4) == 0 ? 30_000 : 1 + random.nextInt(3000);
            NavigableMap<Bytes, Bytes> bucket = new TreeMap<>();
            for (int k = 0; k < entries; k++) {
                bucket.put(
                        bytes(random, 1 + random.nextInt(mostKey)),
                        bytes(random, random.nextInt(50) == 0 ? random.nextInt(mostValue) : random.nextInt(200)));
            }
            model.put(bytes(random, 1 + random.nextInt(12)), bucket);
        }
        return model;
    }

    private static Bytes bytes(SplittableRandom random, int length) {
        byte[] array = new byte[length];
        random.nextBytes(array);
        return Bytes.wrap(array);
    }

    private static void write(Path file, Map<Bytes, NavigableMap<Bytes, Bytes>> model) {
        try (DatabaseWriter writer = DatabaseWriter.create(file)) {
            model.forEach((name, entries) -> {
                writer.bucket(name);
                entries.forEach(writer::put);
            });
            writer.finish();
        }
    }

    private static NavigableMap<Bytes, NavigableMap<Bytes, Bytes>> read(Path file) {
        NavigableMap<Bytes, NavigableMap<Bytes, Bytes>> found = new TreeMap<>();
        try (DatabaseFile database = DatabaseFile.open(file, 0)) {
            database.readThrough(new DatabaseFile.Visitor() {
                @Override
                public void bucket(Bytes name) {
                    found.put(name, new TreeMap<>());
                }

                @Override
                public void entry(Bytes bucket, Cursor entry) {
                    found.get(bucket).put(entry.key(), entry.value());
                }
            });
            assertThat(database.buckets()).containsExactlyElementsOf(found.keySet());
        }
        return found;
    }

    @Test
    void leavesAreFilledToNineTenthsWhateverTheSizeOfTheValues() throws Exception {
        for (int valueBytes : new int[] {10, 100, 700, 1500, 2100, 3000, 5000, 9000}) {
            Path file = folder.resolve("filled-" + valueBytes);
            int entries = 20_000_000 / (valueBytes + 50);
            try (DatabaseWriter writer = DatabaseWriter.create(file)) {
                writer.bucket(Bytes.utf8("key"));
                Bytes value = bytes(new SplittableRandom(1), valueBytes);
                for (int i = 0; i < entries; i++) {
                    writer.put(Bytes.utf8("%017d".formatted(i)), value);
                }
                writer.finish();
            }
            double content = (double) entries * (valueBytes + 17 + Layout.ELEMENT);
            assertThat(content / Files.size(file))
                    .as("values of %d bytes", valueBytes)
                    .isGreaterThan(0.89);
        }
    }

    @Test
    void keysOutOfOrderAreRefused() {
        try (DatabaseWriter writer = DatabaseWriter.create(folder.resolve("a"))) {
            writer.bucket(Bytes.utf8("b"));
            writer.put(Bytes.utf8("k"), Bytes.EMPTY);

            assertThatThrownBy(() -> writer.put(Bytes.utf8("k"), Bytes.EMPTY))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ascending");
        }
    }

    @Test
    void theOlderMetaIsTakenWhenTheNewerIsTorn() throws Exception {
        Path file = folder.resolve("a");
        NavigableMap<Bytes, NavigableMap<Bytes, Bytes>> model = randomModel(new SplittableRandom(8));
        write(file, model);
        byte[] bytes = Files.readAllBytes(file);
        bytes[Layout.HEADER + 20] ^= 1;
        Files.write(file, bytes);

        assertThat(read(file)).isEqualTo(model);
    }

    @Test
    void aFileThatWasNotFinishedIsRefused() {
        Path file = folder.resolve("a");
        try (DatabaseWriter writer = DatabaseWriter.create(file)) {
            writer.bucket(Bytes.utf8("b"));
            for (int i = 0; i < 20_000; i++) {
                writer.put(Bytes.utf8("%010d".formatted(i)), Bytes.utf8("x".repeat(100)));
            }
        }

        assertThatThrownBy(() -> DatabaseFile.open(file, 0))
                .isInstanceOf(SnapshotDamaged.class)
                .hasMessageContaining("meta");
    }

    @Test
    void metasThatPointAnywhereDoNoHarm() throws Exception {
        Path file = folder.resolve("a");
        write(file, randomModel(new SplittableRandom(9)));
        byte[] whole = Files.readAllBytes(file);
        Meta meta = Meta.read(whole).orElseThrow();
        SplittableRandom random = new SplittableRandom(10);
        for (int i = 0; i < 2000; i++) {
            Meta wrong = new Meta(
                    meta.pageSize(),
                    pick(random, meta.root(), meta.pages()),
                    0,
                    pick(random, meta.freelist(), meta.pages()),
                    pick(random, meta.pages(), meta.pages()),
                    meta.transaction() + 5);
            byte[] mutant = whole.clone();
            System.arraycopy(wrong.toPage(0), 0, mutant, 0, meta.pageSize());
            Files.write(file, mutant);
            try {
                read(file);
            } catch (SnapshotDamaged e) {
                assertThat(e).hasMessageContaining("damaged");
            }
        }
    }

    private static long pick(SplittableRandom random, long right, long pages) {
        return switch (random.nextInt(4)) {
            case 0, 1 -> right;
            case 2 -> random.nextLong(pages + 2);
            default -> random.nextLong();
        };
    }
}
