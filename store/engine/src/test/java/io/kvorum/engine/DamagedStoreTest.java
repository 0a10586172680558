package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.backend.BackendException;
import io.kvorum.model.Bytes;
import io.kvorum.mvcc.Table;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the disk makes of the database's file is never served. */
class DamagedStoreTest {
    private static final String VALUE = "a value that is easily found in the file";

    @TempDir
    Path folder;

    @Test
    void aMemberThatReadsDamageStopsServingAndSaysWhatToDo() throws IOException {
        try (StoreScript script = StoreScript.in(folder)) {
            script.put("damaged", VALUE);
            script.put("whole", "another");
            script.store().upkeep().hashEverything(); // brings all of it to the file
            flip(VALUE);

            assertThatThrownBy(() -> script.get("damaged")).isInstanceOf(StoreException.Stopped.class);
            assertThat(script.store().isDamaged()).isTrue();
            assertThat(script.store().trouble().orElseThrow())
                    .contains("checksum")
                    .contains("join");
            assertThatThrownBy(() -> script.get("whole")).isInstanceOf(StoreException.Stopped.class);
            assertThatThrownBy(() -> script.put("whole", "more")).isInstanceOf(StoreException.Stopped.class);
        }
    }

    @Test
    void aDamagedFileIsFoundAtTheStart() throws IOException {
        try (StoreScript script = StoreScript.in(folder)) {
            script.put("damaged", VALUE);
        }
        flip(VALUE);

        assertThatThrownBy(() -> StoreScript.in(folder))
                .isInstanceOf(BackendException.Corrupt.class)
                .hasMessageContaining("join");
    }

    @Test
    void whatNobodyReadsIsFoundInTheBackground() throws IOException {
        EngineConfig config = EngineConfig.in(folder);
        try (StoreScript script = StoreScript.in(folder)) {
            for (int i = 0; i < 100; i++) {
                script.put("key-" + i, "x".repeat(30_000));
            }
            script.put("damaged", VALUE);
            script.put("last", "1");
        }
        boolean[] told = {false};
        try (ReplicaSeat seat = new ReplicaSeat(config, _ -> told[0] = true);
                Scrubber _ = new Scrubber(seat, new Scrubber.Pauses(Duration.ofMillis(10), Duration.ofMillis(1)))) {
            Bytes from = Bytes.EMPTY;
            int pieces = 0;
            while (from != null) {
                from = seat.current().scrub(Table.RECORDS, from, 1 << 20, Duration.ofSeconds(1));
                pieces++;
            }
            assertThat(pieces).isBetween(3, 4);
            assertThat(told[0]).isFalse();
            flip(VALUE);

            CommitTest.await(() -> told[0]);
        }
    }

    @Test
    void aCopyOfADamagedStateIsNotHandedOut() throws IOException {
        SimulatedLog log = new SimulatedLog(3);
        Path copy = Files.createDirectories(folder.resolve("copy"));
        try (EmbeddedStore store =
                EmbeddedStore.open(EngineConfig.in(folder.resolve("db")), log, InstantSource.system())) {
            StoreScript script = StoreScript.of(store);
            script.put("damaged", VALUE);
            script.put("whole", "another");
            store.upkeep().hashEverything();
            flip(VALUE);

            assertThatThrownBy(() -> log.saveSnapshot(copy)).isInstanceOf(BackendException.Corrupt.class);
            assertThat(store.isDamaged()).isTrue();
        }
    }

    /** In all pages, whether they count or not. */
    private void flip(String text) throws IOException {
        try (var files = Files.walk(folder)) {
            Path file = files.filter(found -> found.endsWith("data.mdb"))
                    .filter(found -> !found.startsWith(folder.resolve("copy")))
                    .findFirst()
                    .orElseThrow();
            String seen = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            try (var damage = new RandomAccessFile(file.toFile(), "rw")) {
                for (int at = seen.indexOf(text); at >= 0; at = seen.indexOf(text, at + 1)) {
                    damage.seek(at + 5L);
                    damage.write(seen.charAt(at + 5) ^ 1);
                }
            }
        }
    }
}
