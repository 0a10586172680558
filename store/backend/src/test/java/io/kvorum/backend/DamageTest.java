package io.kvorum.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    @Test
    void aValueThatTheDiskChangedIsRefusedAndTold() throws IOException {
        write("a value long enough to be found", "another value");
        flip("a value long enough", 3);

        List<BackendException.Corrupt> told = new ArrayList<>();
        try (Backend backend = open()) {
            backend.whenDamaged(told::add);
            try (ReadView view = backend.view(SOON)) {
                assertThat(view.get("t", key(1))).isEqualTo(Bytes.utf8("another value"));
                assertThatThrownBy(() -> view.get("t", key(0)))
                        .isInstanceOf(BackendException.Corrupt.class)
                        .hasMessageContaining("checksum")
                        .hasMessageContaining("join");
            }
            assertThat(told).hasSize(1);
            assertThatThrownBy(backend::verify).isInstanceOf(BackendException.Corrupt.class);
        }
    }

    @Test
    void aKeyThatTheDiskChangedIsFoundByWhoReadsAll() throws IOException {
        write("one", "two");
        flip("key-0", 4);

        assertThatThrownBy(this::read).isInstanceOf(BackendException.Corrupt.class);
    }

    @Test
    void largeValuesAreCheckedToo() throws IOException {
        write("x".repeat(100_000) + "here" + "y".repeat(100_000));
        flip("xhere", 2);

        try (Backend backend = open();
                ReadView view = backend.view(SOON)) {
            assertThatThrownBy(() -> view.get("t", key(0))).isInstanceOf(BackendException.Corrupt.class);
        }
    }

    @Test
    void whatIsNotDamagedIsVerified() {
        write("one", "two", "", "x".repeat(50_000));
        try (Backend backend = open()) {
            backend.verify();
            try (ReadView view = backend.view(SOON)) {
                assertThat(view.get("t", key(2))).isEqualTo(Bytes.EMPTY);
            }
        }
    }

    /**
     * Wherever a byte of the file was changed: it opens with all that was written, or says that it is damaged. Without
     * looking at the pages first, LMDB would end this process sooner or later.
     */
    @Test
    void whateverByteTheDiskChangesNothingWrongIsReadAndNothingBreaks() throws IOException {
        long seed = Long.getLong("kvorum.seed", System.nanoTime());
        Random random = new Random(seed);
        Map<Bytes, Bytes> written = fill(random);
        Path file = folder.resolve("db/data.mdb");
        byte[] whole = Files.readAllBytes(file);
        assertThat(read()).isEqualTo(written);
        int refused = 0;
        for (int round = 0; round < 150; round++) {
            byte[] damaged = Files.readAllBytes(file).clone();
            System.arraycopy(whole, 0, damaged, 0, whole.length);
            for (int i = random.nextInt(3); i >= 0; i--) {
                // Half of them where the numbers are: at a page's begin
                int page = 4096 * random.nextInt(whole.length / 4096);
                int at = page + random.nextInt(random.nextBoolean() ? 64 : 4096);
                damaged[at] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, damaged);
            try {
                assertThat(read()).as("seed %d, round %d", seed, round).isEqualTo(written);
            } catch (BackendException e) {
                refused++;
            }
            Files.write(file, whole);
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(20);
    }

    /** Several tables, deep trees, large values, free pages. */
    private Map<Bytes, Bytes> fill(Random random) {
        Map<Bytes, Bytes> written = new TreeMap<>();
        try (Backend backend = open()) {
            for (int round = 1; round <= 30; round++) {
                WriteBatch batch = new WriteBatch();
                for (int i = 0; i < 60; i++) {
                    Bytes key = Bytes.utf8("%s-%d".formatted("k".repeat(random.nextInt(100)), random.nextInt(1000)));
                    byte[] value = new byte[random.nextInt(20) == 0 ? 9000 : random.nextInt(200)];
                    random.nextBytes(value);
                    if (random.nextInt(4) == 0) {
                        batch.delete("t", key);
                        written.remove(key);
                    } else {
                        batch.put("t", key, Bytes.wrap(value));
                        written.put(key, Bytes.wrap(value));
                    }
                }
                backend.commit(batch, new AppliedPosition(1, round));
            }
        }
        return written;
    }

    private Map<Bytes, Bytes> read() {
        Map<Bytes, Bytes> found = new TreeMap<>();
        try (Backend backend = open()) {
            backend.verify();
            try (ReadView view = backend.view(SOON)) {
                view.scan("t", Bytes.EMPTY, (key, value) -> {
                    found.put(key, value);
                    return true;
                });
            }
        }
        return found;
    }

    private static Bytes key(int number) {
        return Bytes.utf8("key-" + number);
    }

    private void write(String... values) {
        try (Backend backend = open()) {
            WriteBatch batch = new WriteBatch();
            for (int i = 0; i < values.length; i++) {
                batch.put("t", key(i), Bytes.utf8(values[i]));
            }
            backend.commit(batch, new AppliedPosition(1, 1));
        }
    }

    /** All copies of the text in the file, old pages included. */
    private void flip(String text, int at) throws IOException {
        Path file = folder.resolve("db/data.mdb");
        byte[] content = Files.readAllBytes(file);
        String seen = new String(content, StandardCharsets.ISO_8859_1);
        int found = seen.indexOf(text);
        assertThat(found).isPositive();
        for (int from = found; from >= 0; from = seen.indexOf(text, from + 1)) {
            content[from + at] ^= 4;
        }
        Files.write(file, content);
    }

    private Backend open() {
        return Backend.open(new BackendConfig(folder.resolve("db"), folder.resolve("lib"), 1 << 26, List.of("t"), 8));
    }
}
