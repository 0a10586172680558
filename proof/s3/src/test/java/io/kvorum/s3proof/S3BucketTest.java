package io.kvorum.s3proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.kvorum.snapshot.catalogue.SnapshotName;
import io.kvorum.snapshot.s3.BucketFailure;
import io.kvorum.snapshot.s3.BucketSnapshot;
import io.kvorum.snapshot.s3.S3Bucket;
import io.kvorum.snapshot.s3.S3Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots in a bucket of a real S3 server. */
class S3BucketTest {
    @TempDir
    static Path folder;

    private static S3Server server;
    private static S3Bucket bucket;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = S3Server.start(folder);
        bucket = new S3Bucket(server.settings());
    }

    @AfterAll
    static void stop() {
        bucket.close();
        server.close();
    }

    @BeforeEach
    void empty() {
        bucket.list().forEach(each -> bucket.delete(each.name()));
    }

    @Test
    void aSnapshotComesBackAsItWasForItsOwnerAlone() throws IOException {
        SavedSnapshot saved = snapshot("on-demand-h1-1770000000", 100_000);

        BucketSnapshot uploaded = bucket.upload(saved, done -> {});

        assertThat(uploaded.location()).isEqualTo("s3://backups/edge/site-01/on-demand-h1-1770000000");
        assertThat(bucket.list()).containsExactly(uploaded);
        Path back = folder.resolve("back");
        bucket.download(saved.name(), back);
        assertThat(back).hasSameBinaryContentAs(saved.file());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(back)))
                .isEqualTo("rw-------");
    }

    @Test
    void aLargeSnapshotIsSentInParts() throws IOException {
        SavedSnapshot saved = snapshot("on-demand-h1-1770000001", (40 << 20) + 12345);
        long[] last = {0};

        bucket.upload(saved, done -> last[0] = done);

        assertThat(last[0]).isEqualTo(saved.sizeBytes());
        Path back = folder.resolve("large-back");
        bucket.download(saved.name(), back);
        assertThat(back).hasSameBinaryContentAs(saved.file());
    }

    @Test
    void aWrongSecretIsRefusedAndNeverTold() throws IOException {
        var wrong = new S3Settings.Credentials("AKIDTEST", "another-secret-key", "");
        SavedSnapshot saved = snapshot("on-demand-h1-1770000002", 10);
        try (var other = new S3Bucket(server.settings(wrong, "", Duration.ofSeconds(20)))) {
            assertThatThrownBy(() -> other.upload(saved, done -> {}))
                    .isInstanceOf(BucketFailure.class)
                    .hasMessageContaining("403")
                    .hasMessageContaining("SignatureDoesNotMatch")
                    .hasMessageNotContaining("another-secret-key");
        }
        assertThat(bucket.list()).isEmpty();
        assertThat(server.settings(wrong, "", Duration.ZERO).toString())
                .doesNotContain("another-secret-key")
                .doesNotContain("AKIDTEST");
    }

    @Test
    void retentionCountsTheSnapshotsOfOneNodeAndPrefix() throws IOException {
        for (String name : new String[] {
            "etcd-snapshot-h1-100",
            "etcd-snapshot-h1-200",
            "etcd-snapshot-h1-300.zip",
            "etcd-snapshot-h1-b-90",
            "on-demand-h1-50"
        }) {
            bucket.upload(snapshot(name, 10), done -> {});
        }

        assertThat(bucket.prune("etcd-snapshot", "h1", 2))
                .extracting(each -> each.name().text())
                .containsExactly("etcd-snapshot-h1-100");
        assertThat(bucket.list())
                .extracting(each -> each.name().text())
                .containsExactly(
                        "on-demand-h1-50", "etcd-snapshot-h1-b-90", "etcd-snapshot-h1-200", "etcd-snapshot-h1-300.zip");
    }

    @Test
    void deletingWhatIsNotThereSaysSo() throws IOException {
        bucket.upload(snapshot("on-demand-h1-7", 10), done -> {});

        assertThat(bucket.delete(new SnapshotName("on-demand-h1-7"))).isTrue();
        assertThat(bucket.delete(new SnapshotName("on-demand-h1-7"))).isFalse();
    }

    @Test
    void aServerThatIsBusyIsAskedAgain() throws IOException {
        SavedSnapshot saved = snapshot("on-demand-h1-1770000003", 1000);
        try (var proxy = new FaultyProxy(server.port(), 2);
                var slow = new S3Bucket(server.settings(S3Server.KEYS, proxy.address(), Duration.ofSeconds(60)))) {
            slow.upload(saved, done -> {});

            assertThat(proxy.served()).isPositive();
        }
        assertThat(bucket.list()).hasSize(1);
    }

    @Test
    void aServerThatNeverAnswersIsGivenUpAtTheDeadline() throws IOException {
        SavedSnapshot saved = snapshot("on-demand-h1-1770000004", 1000);
        try (var silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
                var dead = new S3Bucket(server.settings(
                        S3Server.KEYS, "http://127.0.0.1:" + silent.getLocalPort(), Duration.ofSeconds(2)))) {
            long from = System.nanoTime();

            assertThatThrownBy(() -> dead.upload(saved, done -> {})).isInstanceOf(BucketFailure.class);

            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void whatWasChangedInTheBucketIsNotTakenForTheSnapshot() throws IOException {
        SavedSnapshot saved = snapshot("on-demand-h1-1770000005", 1000);
        bucket.upload(saved, done -> {});
        Path stored = server.bucket().resolve("edge/site-01/on-demand-h1-1770000005");
        byte[] bytes = Files.readAllBytes(stored);
        bytes[500] ^= 1;
        Files.write(stored, bytes, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);

        Path back = folder.resolve("damaged-back");
        assertThatThrownBy(() -> bucket.download(saved.name(), back)).isInstanceOf(SnapshotDamaged.class);
        assertThat(back).doesNotExist();
    }

    @Test
    void aServerIsTrustedByItsAuthorityOrWhenNoneIsAskedFor() throws IOException {
        SavedSnapshot saved = snapshot("on-demand-h1-1770000006", 1000);
        bucket.upload(saved, done -> {});
        try (var strict = new S3Bucket(server.secureSettings("", false));
                var byFile =
                        new S3Bucket(server.secureSettings(server.certificate().toString(), false));
                var byText = new S3Bucket(server.secureSettings(Files.readString(server.certificate()), false));
                var careless = new S3Bucket(server.secureSettings("", true))) {
            assertThat(byFile.list()).hasSize(1);
            assertThat(byText.list()).hasSize(1);
            assertThat(careless.list()).hasSize(1);
            assertThatThrownBy(strict::list).isInstanceOf(BucketFailure.class).hasMessageContaining("PKIX");
        }
    }

    private static SavedSnapshot snapshot(String name, int bytes) throws IOException {
        Path file = folder.resolve(name);
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        Files.write(file, content);
        var known = new SnapshotName(name);
        return new SavedSnapshot(known, file, bytes, known.takenAt().orElse(Instant.EPOCH), Optional.empty());
    }
}
