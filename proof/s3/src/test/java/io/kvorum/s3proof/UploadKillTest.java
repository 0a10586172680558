package io.kvorum.s3proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.kvorum.snapshot.catalogue.SnapshotName;
import io.kvorum.snapshot.s3.S3Bucket;
import io.kvorum.snapshot.s3.S3Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A process that uploads is killed: the bucket shows the old snapshot or the new one, and the next upload tidies up. */
class UploadKillTest {
    private static final String NAME = "on-demand-h1-1770000000";
    private static final String OF_ANOTHER_NODE = "on-demand-h2-1770000000";
    private static final int BYTES = 40 << 20;

    @TempDir
    private Path folder;

    @Test
    void anUploadThatIsKilledLeavesTheOldSnapshotOrTheNewOneAndItsPartsGoWithTheNextUpload() throws Exception {
        Path old = file("old", 1 << 20);
        Path fresh = file("fresh", BYTES);
        try (S3Server server = S3Server.start(folder);
                var bucket = new S3Bucket(server.settings())) {
            killedUpload(fresh, OF_ANOTHER_NODE, server.port(), 1, 0);
            assertThat(bucket.list()).isEmpty();
            List<String> ofAnotherNode = List.of(OF_ANOTHER_NODE);
            for (int partsSent = 0; partsSent <= 3; partsSent++) {
                bucket.upload(snapshot(old, NAME), done -> {});
                assertThat(unfinished(server)).isEqualTo(ofAnotherNode);

                killedUpload(fresh, NAME, server.port(), partsSent, partsSent * 40);

                assertThat(bucket.list()).hasSize(1);
                Path back = folder.resolve("back");
                bucket.download(new SnapshotName(NAME), back);
                Path expected = Files.size(back) == BYTES ? fresh : old;
                assertThat(back).hasSameBinaryContentAs(expected);
            }
            bucket.upload(snapshot(fresh, NAME), done -> {});
            bucket.upload(snapshot(old, OF_ANOTHER_NODE), done -> {});
            assertThat(unfinished(server)).isEmpty();
            assertThat(bucket.list()).hasSize(2);
        }
    }

    private Path file(String name, int bytes) throws IOException {
        byte[] content = new byte[bytes];
        new Random(1).nextBytes(content);
        return Files.write(folder.resolve(name), content);
    }

    /** Which uploads have begun and not ended, as the server tells anybody. */
    private static List<String> unfinished(S3Server server) {
        var keys = AwsBasicCredentials.create(S3Server.KEYS.accessKey(), S3Server.KEYS.secretKey());
        try (S3Client client = S3Client.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + server.port()))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .httpClient(UrlConnectionHttpClient.create())
                .credentialsProvider(StaticCredentialsProvider.create(keys))
                .build()) {
            return client.listMultipartUploads(request -> request.bucket("backups")).uploads().stream()
                    .map(each -> each.key().substring(each.key().lastIndexOf('/') + 1))
                    .toList();
        }
    }

    private static void killedUpload(Path file, String name, int port, int partsSent, int further) throws Exception {
        Process child = child(file, name, port);
        try (BufferedReader said = child.inputReader()) {
            await(said, "uploading");
            for (int i = 0; i < partsSent; i++) {
                await(said, "a part arrived");
            }
            child.waitFor(further, TimeUnit.MILLISECONDS);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    /** Skips what libraries log. */
    private static void await(BufferedReader said, String wanted) throws IOException {
        String line = said.readLine();
        while (line != null && !line.equals(wanted)) {
            line = said.readLine();
        }
        assertThat(line).isEqualTo(wanted);
    }

    private static Process child(Path file, String name, int port) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        UploadKillTest.class.getName(),
                        file.toString(),
                        name,
                        Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Uploads until it is killed. */
    public static void main(String[] arguments) throws InterruptedException {
        var settings = new S3Settings(
                new S3Settings.Place("backups", "us-east-1", "edge/site-01"),
                new S3Settings.Connection("127.0.0.1:" + arguments[2], S3Settings.Lookup.PATH, true, false, "", ""),
                Optional.of(S3Server.KEYS),
                Duration.ofSeconds(60));
        try (var bucket = new S3Bucket(settings)) {
            System.out.println("uploading");
            bucket.upload(snapshot(Path.of(arguments[0]), arguments[1]), done -> System.out.println("a part arrived"));
        }
        new CountDownLatch(1).await();
    }

    private static SavedSnapshot snapshot(Path file, String name) {
        return new SavedSnapshot(
                new SnapshotName(name),
                file,
                file.toFile().length(),
                Instant.ofEpochSecond(1_770_000_000),
                Optional.empty());
    }
}
