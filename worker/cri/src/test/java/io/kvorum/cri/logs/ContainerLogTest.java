package io.kvorum.cri.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.cri.logs.ContainerLog.LineSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogTest {
    @TempDir
    Path folder;

    private final List<String> seen = new ArrayList<>();
    private Path log;

    @BeforeEach
    void writeLog() {
        log = folder.resolve("0.log");
        add("one");
        add("two");
    }

    @Test
    void aLogThatNobodyWritesIsReadToItsEnd() throws Exception {
        read(Optional.empty(), () -> false);
        assertThat(seen).containsExactly("one\n", "two\n");
    }

    @Test
    void onlyTheLastLinesAreRead() throws Exception {
        read(Optional.of(1L), () -> false);
        assertThat(seen).containsExactly("two\n");
    }

    @Test
    void whatIsAddedIsFollowed() throws Exception {
        read(Optional.of(0L), looks(() -> {}, () -> add("three"), () -> add("four")));
        assertThat(seen).containsExactly("three\n", "four\n");
    }

    /** The line comes after the last look at the old file, in the same moment as the rotation. */
    @Test
    void theLastLinesBeforeARotationAreNotLost() throws Exception {
        read(
                Optional.empty(),
                looks(
                        () -> {},
                        () -> {
                            add("last of the old");
                            rotate();
                            add("first of the new");
                        },
                        () -> {}));
        assertThat(seen).containsExactly("one\n", "two\n", "last of the old\n", "first of the new\n");
    }

    @Test
    void aLineIsHandedOverOnceItIsComplete() throws Exception {
        read(Optional.of(0L), looks(() -> write("2026-01-01T00:00:01Z stdout F th"), () -> {
            assertThat(seen).isEmpty();
            write("ree\n");
        }));
        assertThat(seen).containsExactly("three\n");
    }

    @Test
    void whatIsNoLineOfALogIsLeftOut() throws Exception {
        write("nonsense\n\n" + "x".repeat(3 << 20) + "\n");
        add("three");
        read(Optional.empty(), () -> false);
        assertThat(seen).containsExactly("one\n", "two\n", "three\n");
    }

    @Test
    void aCallerMayHaveEnough() throws Exception {
        new ContainerLog(log, new LineSink() {
                    @Override
                    public boolean take(LogLine line) {
                        seen.add(text(line));
                        return false;
                    }

                    @Override
                    public void pause() {
                        throw new AssertionError("it has enough");
                    }
                })
                .read(Optional.empty(), () -> true);
        assertThat(seen).containsExactly("one\n");
    }

    private void read(Optional<Long> lastLines, BooleanSupplier isWritten) throws Exception {
        new ContainerLog(log, new LineSink() {
                    @Override
                    public boolean take(LogLine line) {
                        return seen.add(text(line));
                    }

                    @Override
                    public void pause() {
                        // nothing is kept back
                    }
                })
                .read(lastLines, isWritten);
    }

    private static String text(LogLine line) {
        return new String(line.text().toByteArray(), StandardCharsets.UTF_8);
    }

    /** Something happens just before each look; after the last there is nobody left who writes. */
    private static BooleanSupplier looks(Runnable... happenings) {
        Iterator<Runnable> next = List.of(happenings).iterator();
        return () -> {
            next.next().run();
            return next.hasNext();
        };
    }

    private void rotate() {
        try {
            Files.move(log, folder.resolve("0.log.1"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String line) {
        write("2026-01-01T00:00:01Z stdout F " + line + "\n");
    }

    private void write(String text) {
        try {
            Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
