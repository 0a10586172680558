package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A child process has its data on a small disk of its own, mounted where nobody else sees it. */
class DiskFullTest {
    @TempDir
    Path folder;

    @Test
    void aFullDiskRefusesWritesKeepsReadsAndIsForgottenOnceThereIsRoom() throws Exception {
        Assumptions.assumeTrue(run("true") == 0, "needs the right to mount a file system in a name space of its own");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        int exit = run("%s --enable-native-access=ALL-UNNAMED -Xmx256m -cp '%s' '%s' %s"
                .formatted(java, System.getProperty("java.class.path"), Child.class.getName(), disk()));

        assertThat(exit).as(Files.readString(folder.resolve("said"))).isZero();
    }

    private Path disk() throws IOException {
        return Files.createDirectories(folder.resolve("disk"));
    }

    private int run(String command) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=160m tmpfs %s && exec %s".formatted(disk(), command))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        try {
            assertThat(child.waitFor(90, TimeUnit.SECONDS)).isTrue();
            return child.exitValue();
        } finally {
            child.destroyForcibly();
        }
    }

    /** The child; any failure is an exit code and a stack trace. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            Path ballast = folder.resolve("ballast");
            Files.write(ballast, new byte[144 << 20]);
            int acknowledged;
            try (StoreScript script = StoreScript.in(folder.resolve("db"))) {
                acknowledged = writeUntilRefused(script);
                assertThat(script.keys("k")).hasSizeGreaterThanOrEqualTo(acknowledged);
                assertThat(refusal(script))
                        .isInstanceOf(StoreException.Stopped.class)
                        .hasMessageContaining("free space");

                Files.delete(ballast);

                CommitTest.await(() -> refusal(script) == null);
                script.put("after", "all");
            }
            try (StoreScript script = StoreScript.in(folder.resolve("db"))) {
                assertThat(script.get("after")).contains("all");
                assertThat(script.keys("k")).hasSizeGreaterThanOrEqualTo(acknowledged);
            }
            System.exit(0);
        }

        private static int writeUntilRefused(StoreScript script) {
            for (int i = 0; i < 1000; i++) {
                try {
                    script.put("k" + i, "x".repeat(50_000));
                } catch (StoreException.OutcomeUnknown | StoreException.Stopped e) {
                    return i;
                }
            }
            throw new AssertionError("the disk never filled");
        }

        private static @Nullable StoreException refusal(StoreScript script) {
            try {
                script.put("probe", "x");
                return null;
            } catch (StoreException e) {
                return e;
            }
        }
    }
}
