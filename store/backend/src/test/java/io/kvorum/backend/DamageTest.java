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

        try (Backend backend = open()) {
            assertThatThrownBy(backend::verify).isInstanceOf(BackendException.Corrupt.class);
        }
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
