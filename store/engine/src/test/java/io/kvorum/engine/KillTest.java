package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.model.Revision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A child process is a store with eight writers; it is killed with -9 in the middle, several times over. */
class KillTest {
    private static final int ROUNDS = 4;
    private static final int WRITERS = 8;

    @TempDir
    Path folder;

    @Test
    void everyAcknowledgedWriteIsThereAfterAKillAndHistoryGoesOn() throws Exception {
        Revision reached = new Revision(1);
        for (int round = 0; round < ROUNDS; round++) {
            writeAndKill(4000 + 3000 * round);
            try (StoreScript script = open(folder)) {
                for (String line : acknowledged()) {
                    check(line, script);
                }
                Revision now = script.store().status().revision();
                assertThat(now).isGreaterThan(reached);
                assertThat(script.put("between", "rounds")).isEqualTo(now.next());
                reached = now;
            }
        }
    }

    /** Lines such as {@code k3 17 204}: key, value, revision. */
    private static void check(String line, StoreScript script) {
        String[] words = line.split(" ");
        Revision at = new Revision(Long.parseLong(words[2]));
        if (!at.isBefore(script.store().status().compacted())) {
            assertThat(script.get(words[0], at)).as(line).contains(words[1]);
        }
        assertThat(Long.parseLong(script.get(words[0]).orElse("0")))
                .as(line)
                .isGreaterThanOrEqualTo(Long.parseLong(words[1]));
    }

    private void writeAndKill(int afterBytes) throws IOException, InterruptedException {
        Path said = folder.resolve("said");
        Files.deleteIfExists(said);
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writers.class.getName(),
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
    }

    /** Without a last line that the kill tore. */
    private List<String> acknowledged() throws IOException {
        String text = Files.readString(folder.resolve("said"));
        return text.substring(0, text.lastIndexOf('\n')).lines().toList();
    }

    private static StoreScript open(Path folder) {
        return StoreScript.on(EngineConfig.in(folder.resolve("db")), new DurableLog(folder.resolve("log")));
    }

    /** The child: each writer counts up its own key and says so once it is acknowledged; now and then one compacts. */
    static final class Writers {
        private Writers() {}

        public static void main(String[] arguments) throws InterruptedException {
            StoreScript script = open(Path.of(arguments[0]));
            Thread last = Thread.currentThread();
            for (int writer = 0; writer < WRITERS; writer++) {
                String key = "k" + writer;
                last = Thread.ofVirtual().start(() -> count(key, script));
            }
            last.join();
        }

        private static void count(String key, StoreScript script) {
            long from = script.get(key).map(Long::parseLong).orElse(0L) + 1;
            for (long value = from; ; value++) {
                Revision at = script.put(key, Long.toString(value));
                System.out.println(key + " " + value + " " + at);
                if (key.equals("k0") && value % 50 == 0) {
                    script.store().compact(new Revision(at.value() - 20));
                }
            }
        }
    }
}
