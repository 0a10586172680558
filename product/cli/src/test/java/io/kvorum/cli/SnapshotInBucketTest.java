package io.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.RecordCodec;
import io.kvorum.mvcc.RevisionKey;
import io.kvorum.snapshot.EtcdBucket;
import io.kvorum.snapshot.SnapshotWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look into snapshots take those of a bucket too, without a server. */
class SnapshotInBucketTest {
    private static final String OLD = "on-demand-h1-1770000000";
    private static final String NEW = "on-demand-h1-1770000900";

    @TempDir
    private Path folder;

    /** By their keys in the bucket. */
    private final SortedMap<String, byte[]> objects = new TreeMap<>();

    private HttpServer bucket;

    @BeforeEach
    void start() throws IOException {
        objects.put("edge/site-01/" + OLD, snapshot("old", "/registry/configmaps/default/a"));
        objects.put(
                "edge/site-01/" + NEW,
                snapshot("new", "/registry/configmaps/default/a", "/registry/configmaps/default/b"));
        bucket = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        bucket.createContext("/", this::answer);
        bucket.start();
    }

    @AfterEach
    void stop() {
        bucket.stop(0);
    }

    private byte[] snapshot(String name, String... keys) throws IOException {
        Path file = folder.resolve(name);
        SnapshotWriter.write(file, (which, visitor) -> {
            for (int i = 0; which == EtcdBucket.KEY && i < keys.length; i++) {
                var at = new Revision(i + 2);
                var record = new KeyValue(Key.of(keys[i]), Bytes.utf8("{}"), at, at, 1, LeaseId.NONE);
                visitor.visit(new RevisionKey(at.value(), 0).ofValue(), RecordCodec.encode(record));
            }
        });
        return Files.readAllBytes(file);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String key = exchange.getRequestURI().getPath().replaceFirst("^/backups/?", "");
        byte[] body = key.isEmpty() ? list().getBytes(StandardCharsets.UTF_8) : objects.get(key);
        try (exchange) {
            exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
            if (body != null) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private String list() {
        var contents = new StringBuilder();
        objects.forEach((key, value) -> contents.append(
                "<Contents><Key>%s</Key><LastModified>2026-02-09T00:00:00Z</LastModified><Size>%d</Size></Contents>"
                        .formatted(key, value.length)));
        return "<ListBucketResult><IsTruncated>false</IsTruncated>%s</ListBucketResult>".formatted(contents);
    }

    private record Said(int exitCode, String out, String err) {}

    private Said run(String command, String... more) throws IOException {
        Path config = Files.writeString(
                folder.resolve("config.yaml"),
                "etcd-s3-folder: edge/site-01\netcd-s3-bucket: backups\netcd-s3-insecure: true\netcd-s3-endpoint: 127.0.0.1:%d\n"
                        .formatted(bucket.getAddress().getPort()));
        List<String> arguments = new ArrayList<>(List.of("etcd-snapshot", command));
        arguments.addAll(List.of("--config", config.toString(), "--data-dir", folder.toString()));
        arguments.addAll(List.of("--etcd-s3-access-key", "AKIDTEST", "--etcd-s3-secret-key", "a-secret-key-for-tests"));
        arguments.addAll(List.of(more));
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(String[]::new));
        return new Said(exitCode, out.toString(), err.toString());
    }

    @Test
    void withTheFlagANameMeansWhatIsInTheServersBucket() throws IOException {
        Said verified = run("verify", "--etcd-s3", "on-demand-h1");

        assertThat(verified.exitCode()).describedAs(verified.err()).isZero();
        assertThat(verified.err()).contains("means " + NEW);
        assertThat(verified.out())
                .contains(NEW + " is whole.", "s3://backups/edge/site-01/" + NEW)
                .containsPattern("configmaps +2");
    }

    @Test
    void anAddressSaysWhichBucketItIsIn() throws IOException {
        Said shown = run("show", "-o", "json", "--etcd-s3-bucket", "another", "s3://backups/edge/site-01/" + OLD);

        assertThat(shown.exitCode()).describedAs(shown.err()).isZero();
        assertThat(shown.out()).contains("\"file\" : \"s3://backups/edge/site-01/" + OLD, "\"objectCount\" : 1");
        assertThat(run("show", "s3://backups").err()).contains("s3://BUCKET/FOLDER/NAME");
        assertThat(run("restore", "--dry-run", "s3://backups/edge/site-01/" + NEW)
                        .out())
                .contains("--cluster-reset-restore-path=s3://backups/edge/site-01/" + NEW);
    }

    @Test
    void aFileAndACopyInTheBucketCanBeCompared() throws IOException {
        String local = folder.resolve("old").toString();

        assertThat(run("diff", "--etcd-s3", local, OLD).exitCode()).isZero();
        Said differing = run("diff", "--etcd-s3", local, NEW);

        assertThat(differing.exitCode()).isOne();
        assertThat(differing.out()).isEqualToIgnoringNewLines("+ /registry/configmaps/default/b");
    }

    @Test
    void aDamagedCopyIsRefused() throws IOException {
        byte[] damaged = objects.get("edge/site-01/" + NEW).clone();
        damaged[damaged.length / 2] ^= 1;
        objects.put("edge/site-01/" + NEW, damaged);

        Said verified = run("verify", "--etcd-s3", NEW);

        assertThat(verified.exitCode()).isOne();
        assertThat(verified.err()).contains("SHA-256");
    }
}
