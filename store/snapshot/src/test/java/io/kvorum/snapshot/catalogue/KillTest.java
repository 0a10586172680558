package io.kvorum.snapshot.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that saves and prunes is killed at any moment: what is listed is whole, and nothing else stays. */
class KillTest {
    private static final int ROUNDS = 6;

    @TempDir
    private Path base;

    @Test
    void whatIsListedAfterAKillIsWholeAndTheNextSaveTidiesUp() throws Exception {
        var random = new SplittableRandom(5);
        Path folder = base.resolve("snapshots");
        var catalogue = new SnapshotCatalogue(folder);
        for (int round = 0; round < ROUNDS; round++) {
            Process child = child(folder, round);
            try (var said = child.inputReader()) {
                assertThat(said.readLine()).isEqualTo("saving");
                child.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS);
            } finally {
                child.destroyForcibly().waitFor();
            }

            for (SavedSnapshot each : catalogue.list()) {
                Inspection seen = SnapshotCatalogue.inspect(each.file());
                assertThat(each.particulars())
                        .hasValueSatisfying(known -> assertThat(known.revision())
                                .isEqualTo(seen.status().revision().value()));
            }
        }
        catalogue.save(order(false), content(1), Instant.ofEpochSecond(1_800_000_000), (step, done) -> {});
        assertThat(names(folder)).hasSameSizeAs(catalogue.list()).noneMatch(each -> each.endsWith(".part"));
        assertThat(names(base.resolve(".metadata"))).hasSameElementsAs(names(folder));
    }

    private static Process child(Path folder, int round) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KillTest.class.getName(),
                        folder.toString(),
                        Integer.toString(round))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Saves, compressed every other time, and prunes, until it is killed. */
    public static void main(String[] arguments) {
        var catalogue = new SnapshotCatalogue(Path.of(arguments[0]));
        long second = 1_700_000_000L + 100_000L * Integer.parseInt(arguments[1]);
        System.out.println("saving");
        for (int i = 0; i < 10_000; i++) {
            catalogue.save(order(i % 2 == 0), content(i), Instant.ofEpochSecond(second + i), (step, done) -> {});
            catalogue.prune("kill", 3);
        }
    }

    private static SaveOrder order(boolean isCompressed) {
        return new SaveOrder("kill", "h1", isCompressed, "");
    }

    private static Objects content(int number) {
        var content = new Objects();
        for (int i = 0; i < 500 + number; i++) {
            content.put("/registry/pods/default/pod-" + i, "x".repeat(i));
        }
        return content;
    }

    private static List<String> names(Path folder) throws Exception {
        try (Stream<Path> found = Files.list(folder)) {
            return found.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
