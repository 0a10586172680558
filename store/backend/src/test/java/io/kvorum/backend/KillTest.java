package io.kvorum.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.model.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A child process writes and says what is committed; it is killed with -9 in the middle, several times over. */
class KillTest {
    private static final int ROUNDS = 4;

    @TempDir
    Path folder;

    @Test
    void everyAcknowledgedBatchSurvivesAKillAndNoneIsHalf() throws Exception {
        long written = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long acknowledged = writeAndKill(800 + 700 * round);
            assertThat(acknowledged).isGreaterThan(written);
            written = check(acknowledged);
        }
    }

    private long writeAndKill(int afterBytes) throws IOException, InterruptedException {
        Path said = folder.resolve("said");
        Files.deleteIfExists(said);
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        folder.toString())
                .redirectOutput(said.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (Files.size(said) < afterBytes) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                assertThat(child.isAlive()).isTrue();
                LockSupport.parkNanos(1_000_000);
            }
        } finally {
            child.destroyForcibly();
            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        return lastWholeLine(Files.readString(said));
    }

    private static long lastWholeLine(String text) {
        String whole = text.substring(0, text.lastIndexOf('\n'));
        return Long.parseLong(whole.substring(whole.lastIndexOf('\n') + 1));
    }

    private long check(long acknowledged) {
        try (Backend backend = open(folder);
                ReadView view = backend.view(Duration.ofSeconds(5))) {
            long applied = backend.applied().index();
            assertThat(applied).isGreaterThanOrEqualTo(acknowledged);
            long[] count = {0};
            view.scan("t", Bytes.EMPTY, (key, value) -> {
                count[0]++;
                return true;
            });
            assertThat(count[0]).isEqualTo(2 * applied);
            return applied;
        }
    }

    private static Backend open(Path folder) {
        return Backend.open(new BackendConfig(folder.resolve("db"), folder.resolve("lib"), 1 << 28, List.of("t"), 4));
    }

    /** The child: one batch of two keys after the other. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            Backend backend = open(Path.of(arguments[0]));
            for (long index = backend.applied().index() + 1; ; index++) {
                WriteBatch batch = new WriteBatch();
                batch.put("t", Bytes.utf8("left-" + index), Bytes.utf8("x".repeat((int) (index % 5000))));
                batch.put("t", Bytes.utf8("right-" + index), Bytes.EMPTY);
                backend.commit(batch, new AppliedPosition(1, index));
                System.out.println(index);
            }
        }
    }
}
