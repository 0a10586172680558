package io.kvorum.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Bytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    @Test
    void whatWasCommittedIsThereAfterReopeningTogetherWithItsPosition() {
        try (Backend backend = open(8)) {
            commit(backend, 1, "a", "1");
            commit(backend, 2, "b", "2");
        }
        try (Backend backend = open(8)) {
            assertThat(backend.applied()).isEqualTo(new AppliedPosition(7, 2));
            assertThat(content(backend)).containsExactly("a=1", "b=2");
        }
    }

    @Test
    void aViewDoesNotSeeWhatIsCommittedAfterItWasOpened() {
        try (Backend backend = open(8)) {
            commit(backend, 1, "a", "1");
            try (ReadView view = backend.view(SOON)) {
                commit(backend, 2, "a", "2");

                assertThat(view.get("t", Bytes.utf8("a"))).isEqualTo(Bytes.utf8("1"));
            }
            assertThat(content(backend)).containsExactly("a=2");
        }
    }

    @Test
    void aScanBeginsAtItsKeyAndEndsWhenTheVisitorHasEnough() {
        try (Backend backend = open(8)) {
            for (String key : List.of("d", "b", "a", "c")) {
                commit(backend, 1, key, "x");
            }
            List<String> seen = new ArrayList<>();
            try (ReadView view = backend.view(SOON)) {
                view.scan("t", Bytes.utf8("aa"), (key, value) -> {
                    seen.add(key.utf8());
                    return seen.size() < 2;
                });
            }
            assertThat(seen).containsExactly("b", "c");
        }
    }

    @Test
    void deletingAKeyThatIsNotThereIsNoError() {
        try (Backend backend = open(8)) {
            WriteBatch batch = new WriteBatch();
            batch.delete("t", Bytes.utf8("nobody"));
            batch.put("t", Bytes.utf8("empty"), Bytes.EMPTY);
            backend.commit(batch, new AppliedPosition(1, 1));

            assertThat(content(backend)).containsExactly("empty=");
        }
    }

    @Test
    void viewsAreUsableOnManyVirtualThreadsAndBounded() throws Exception {
        try (Backend backend = open(4);
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            commit(backend, 1, "a", "1");
            List<Future<List<String>>> reads = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                reads.add(readers.submit(() -> content(backend)));
            }
            for (Future<List<String>> read : reads) {
                assertThat(read.get(20, TimeUnit.SECONDS)).containsExactly("a=1");
            }
        }
    }

    @Test
    void oneViewTooManyIsRefusedAfterTheCallersPatience() {
        try (Backend backend = open(1);
                ReadView only = backend.view(SOON)) {
            assertThatThrownBy(() -> backend.view(Duration.ofMillis(10)))
                    .isInstanceOf(BackendException.TooManyViews.class);
            assertThat(only.get("t", Bytes.utf8("a"))).isNull();
        }
    }

    @Test
    void aViewMayMoveBetweenThreads() throws Exception {
        try (Backend backend = open(2);
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            commit(backend, 1, "a", "1");
            ReadView view = backend.view(SOON);
            assertThat(other.submit(() -> view.get("t", Bytes.utf8("a"))).get(5, TimeUnit.SECONDS))
                    .isEqualTo(Bytes.utf8("1"));
            view.close();
        }
    }

    @Test
    void aFullMapChangesNothingAndSaysWhatToDo() {
        try (Backend backend = Backend.open(config(folder.resolve("db"), 1 << 20, 2))) {
            commit(backend, 1, "a", "1");

            assertThatThrownBy(() -> commit(backend, 2, "big", "x".repeat(2 << 20)))
                    .isInstanceOf(BackendException.NoSpace.class)
                    .hasMessageContaining("raise the quota");

            assertThat(backend.applied().index()).isEqualTo(1);
            assertThat(content(backend)).containsExactly("a=1");
            commit(backend, 2, "b", "2");
        }
    }

    @Test
    void aCopyHoldsOneMomentWithItsPosition() throws IOException {
        Path copy = Files.createDirectory(folder.resolve("copy"));
        try (Backend backend = open(8)) {
            commit(backend, 1, "a", "1");
            backend.copyTo(copy);
            commit(backend, 2, "a", "2");
        }
        try (Backend backend = Backend.open(config(copy, 1 << 24, 2))) {
            assertThat(backend.applied()).isEqualTo(new AppliedPosition(7, 1));
            assertThat(content(backend)).containsExactly("a=1");
        }
    }

    @Test
    void sizeInUseShrinksByDeletingAndSizeDoesNot() {
        try (Backend backend = open(8)) {
            commit(backend, 1, "a", "x".repeat(1 << 20));
            long size = backend.sizeBytes();
            assertThat(backend.sizeInUseBytes()).isBetween(1L << 20, size);
            WriteBatch batch = new WriteBatch();
            batch.delete("t", Bytes.utf8("a"));
            backend.commit(batch, new AppliedPosition(1, 1));

            assertThat(backend.sizeInUseBytes()).isLessThan(1 << 18);
            assertThat(backend.sizeBytes()).isGreaterThanOrEqualTo(size);
            assertThat(backend.applied().index()).isEqualTo(1);
        }
    }

    @Test
    void aFileThatLostItsEndIsRefused() throws IOException {
        try (Backend backend = open(8)) {
            for (int i = 0; i < 8; i++) {
                commit(backend, i, "k" + i, "x".repeat(1 << 20));
            }
        }
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("db/data.mdb").toFile(), "rw")) {
            file.setLength(1 << 20);
        }
        assertThatThrownBy(() -> open(8))
                .isInstanceOf(BackendException.Corrupt.class)
                .hasMessageContaining("restore a snapshot");
    }

    @Test
    void aFileThatIsNoDatabaseIsRefused() throws IOException {
        Files.createDirectories(folder.resolve("db"));
        Files.write(folder.resolve("db/data.mdb"), new byte[1 << 16]);

        assertThatThrownBy(() -> open(8)).isInstanceOf(BackendException.Corrupt.class);
    }

    @Test
    void theLibraryIsUnpackedOnce() throws IOException {
        open(2).close();
        List<Path> unpacked = libraries();
        FileTime at = Files.getLastModifiedTime(unpacked.getFirst());
        open(2).close();

        assertThat(libraries()).isEqualTo(unpacked).hasSize(1);
        assertThat(Files.getLastModifiedTime(unpacked.getFirst())).isEqualTo(at);
    }

    private List<Path> libraries() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("lib"))) {
            return files.toList();
        }
    }

    @Test
    void aClosedBackendSaysSo() {
        Backend backend = open(2);
        backend.close();
        backend.close();

        assertThatThrownBy(() -> backend.view(SOON)).isInstanceOf(BackendException.Closed.class);
        assertThatThrownBy(() -> commit(backend, 1, "a", "1")).isInstanceOf(BackendException.Closed.class);
    }

    private Backend open(int mostViews) {
        return Backend.open(config(folder.resolve("db"), 1 << 26, mostViews));
    }

    private BackendConfig config(Path database, long mapBytes, int mostViews) {
        return new BackendConfig(database, folder.resolve("lib"), mapBytes, List.of("t"), mostViews);
    }

    private static void commit(Backend backend, long index, String key, String value) {
        WriteBatch batch = new WriteBatch();
        batch.put("t", Bytes.utf8(key), Bytes.utf8(value));
        backend.commit(batch, new AppliedPosition(7, index));
    }

    private static List<String> content(Backend backend) {
        List<String> content = new ArrayList<>();
        try (ReadView view = backend.view(SOON)) {
            view.scan("t", Bytes.EMPTY, (key, value) -> content.add(key.utf8() + "=" + value.utf8()));
        }
        return content;
    }
}
