package io.kvorum.cli;

import io.kvorum.node.config.ConfigurationFiles;
import io.kvorum.node.config.S3Options;
import io.kvorum.node.snapshots.BucketCopies;
import io.kvorum.node.snapshots.FoundSnapshot;
import io.kvorum.node.snapshots.LocalSnapshots;
import io.kvorum.node.snapshots.ServerPassword;
import io.kvorum.node.snapshots.SnapshotClient;
import io.kvorum.node.snapshots.SnapshotEndpoint;
import io.kvorum.node.snapshots.SnapshotRefused;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Flags that all of {@code etcd-snapshot}'s commands take, as K3s calls them. */
final class SnapshotFlags {
    private static final Path CONFIG_FILE = Path.of("/etc/rancher/k3s/config.yaml");

    @Option(
            names = {"--data-dir", "-d"},
            paramLabel = "FOLDER",
            defaultValue = "${env:K3S_DATA_DIR:-/var/lib/rancher/k3s}",
            description = "Folder that holds the server's state.")
    private Path dataDir;

    @Option(
            names = {"--dir", "--etcd-snapshot-dir"},
            paramLabel = "FOLDER",
            description = "Folder of snapshots (default: the server's).")
    private @Nullable Path folder;

    @Option(
            names = {"--server", "--etcd-server"},
            paramLabel = "URL",
            defaultValue = "https://127.0.0.1:6443",
            description = "The server to ask.")
    private URI server;

    @Option(
            names = {"--token", "--etcd-token", "-t"},
            paramLabel = "TOKEN",
            defaultValue = "${env:K3S_TOKEN}",
            description = "Token of the cluster (default: the one in the data folder).")
    private @Nullable String token;

    @Option(
            names = {"--s3", "--etcd-s3"},
            arity = "0..1",
            fallbackValue = "true",
            description = "Use the bucket too (default: as the server is set); --etcd-s3=false surely does not.")
    private @Nullable Boolean isForS3;

    @Mixin
    private SnapshotS3Flags s3 = new SnapshotS3Flags();

    @SuppressWarnings("UnusedVariable") // K3s's commands take it
    @Option(
            names = {"--debug", "--alsologtostderr"},
            arity = "0..1",
            fallbackValue = "true",
            hidden = true)
    private boolean isVerbose;

    @SuppressWarnings("UnusedVariable") // K3s's commands take them; the server knows its name, and logs
    @Option(
            names = {"--node-name", "--log", "-l"},
            hidden = true)
    private @Nullable String unneeded;

    @Option(
            names = {"--config", "-c"},
            paramLabel = "FILE",
            defaultValue = "${env:K3S_CONFIG_FILE}",
            description = "The server's configuration, which says where its bucket is.")
    private @Nullable Path config;

    /** A request with the folder in it, if one was named. */
    ObjectNode request(String operation) {
        ObjectNode request = JsonMapper.shared().createObjectNode().put("operation", operation);
        if (folder != null) {
            request.put("dir", folder.toAbsolutePath().toString());
        }
        ObjectNode bucket = request.putObject("s3");
        if (isForS3 != null) {
            bucket.put("enabled", isForS3);
        }
        s3.into(bucket.putObject("options"));
        return request;
    }

    /** Tells what the bucket failed at. @return the exit code */
    static int bucketOutcome(JsonNode answer, PrintWriter err) {
        String failure = answer.path(SnapshotEndpoint.BUCKET_FAILURE).asString("");
        if (failure.isEmpty()) {
            return 0;
        }
        err.println("S3: " + failure);
        err.flush();
        return 1;
    }

    JsonNode ask(ObjectNode request, PrintWriter err) {
        return SnapshotClient.of(dataDir, server, token()).ask(request, new ProgressLine(err)::show);
    }

    /** The snapshots on this machine, without asking a server. */
    LocalSnapshots local(PrintWriter err) {
        Path place = folder == null ? dataDir.resolve("server/db/snapshots") : folder;
        return new LocalSnapshots(place, err::println);
    }

    /**
     * The snapshot that somebody means, without asking a server: in the bucket with {@code --etcd-s3} or an address, unless
     * there is a file of that name here; else on this machine.
     */
    FoundSnapshot find(String text, PrintWriter err) {
        boolean isInBucket =
                BucketCopies.isAddress(text) || (Boolean.TRUE.equals(isForS3) && !Files.isRegularFile(Path.of(text)));
        if (!isInBucket) {
            return FoundSnapshot.onDisk(local(err).find(text));
        }
        var files = new ConfigurationFiles(CONFIG_FILE);
        S3Options options = S3Options.configured(files, config, System.getenv()).under(S3Options.of(s3.given()));
        Path folder = Path.of(System.getenv().getOrDefault("TMPDIR", "/tmp"));
        return FoundSnapshot.inBucket(new BucketCopies(options, err::println), text, folder);
    }

    /** As {@link LocalSnapshots#inspect}, for a snapshot wherever it is. */
    JsonNode inspect(FoundSnapshot found, PrintWriter err) {
        return local(err).inspect(found.file(), password()).put("file", found.place());
    }

    /** What the token's holder is told by: that of the token given, else of this machine's. */
    Optional<String> password() {
        return ServerPassword.of(dataDir.resolve("server"), token());
    }

    /** The token given, else this machine's. */
    String tokenText() {
        String given = token();
        try {
            return given == null
                    ? Files.readString(dataDir.resolve("server/token")).strip()
                    : given;
        } catch (IOException e) {
            throw new SnapshotRefused("the cluster's token cannot be read: " + e, e);
        }
    }

    Path dataDir() {
        return dataDir;
    }

    @Nullable
    String token() {
        return token == null || token.isEmpty() ? null : token;
    }

    /** Says a few times a second at most how far long work is. */
    private record ProgressLine(PrintWriter err) {
        void show(String step, long done) {
            String amount =
                    step.equals("compressing") || step.equals("uploading") ? (done >> 20) + " MiB" : done + " entries";
            err.println(done == 0 ? step + "..." : step + " (" + amount + ")");
            err.flush();
        }
    }
}
