package io.kvorum.etcdctl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of a real etcd, saved and looked at. */
class SnapshotCommandsTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void judge() {
        assumeTrue(RealEtcd.installed(), "etcd and etcdctl are not installed");
    }

    @Test
    void aSavedSnapshotIsWholeAndForItsOwnerOnlyAndReadsAsTheRealOneReadsIt() throws Exception {
        Path file = folder.resolve("saved.db");
        try (RealEtcd etcd = new RealEtcd(folder.resolve("etcd"), 1, false)) {
            for (int i = 0; i < 20; i++) {
                assertThat(run("--endpoints", etcd.endpoint(0), "put", "key-" + i, "x".repeat(i * 500)))
                        .isZero();
            }
            Files.writeString(file, "an older one");
            out.reset();
            assertThat(run("--endpoints", etcd.endpoint(0), "snapshot", "save", file.toString()))
                    .as(err.toString(UTF_8))
                    .isZero();
            assertThat(out.toString(UTF_8)).isEqualTo("Snapshot saved at " + file + "\n");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var left = Files.list(folder)) {
            assertThat(left).noneMatch(each -> each.toString().endsWith(".part"));
        }
        for (String format : List.of("simple", "table", "json", "fields")) {
            out.reset();
            assertThat(run("snapshot", "status", file.toString(), "-w", format)).isZero();
            assertThat(out.toString(UTF_8)).isEqualTo(real("snapshot", "status", file.toString(), "-w", format));
        }
        assertThat(run("snapshot", "status", file.toString(), "-w", "protobuf")).isEqualTo(4);

        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        err.reset();
        assertThat(run("snapshot", "status", file.toString())).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("SHA-256");
    }

    @Test
    void aSnapshotThatCannotBeFetchedLeavesTheOlderOne() throws Exception {
        Path file = Files.writeString(folder.resolve("saved.db"), "an older one");
        assertThat(run("--endpoints", "127.0.0.1:1", "--command-timeout", "200ms", "snapshot", "save", file.toString()))
                .isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("could not fetch the snapshot");
        assertThat(file).hasContent("an older one");
    }

    @Test
    void aRestoreSaysWhichCommandDoesIt() {
        assertThat(run("snapshot", "restore", "some.db", "--data-dir=x")).isEqualTo(4);
        assertThat(err.toString(UTF_8)).contains("--cluster-reset-restore-path=some.db");
    }

    private int run(String... arguments) {
        return Etcdctl.run(
                arguments,
                Map.of(),
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8));
    }

    private static String real(String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(RealEtcd.CLIENT.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("ETCDCTL_API", "3");
        Process process = builder.start();
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }
}
