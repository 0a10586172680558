package io.kvorum.snapshot.s3;

import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.kvorum.snapshot.catalogue.SnapshotName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * The snapshots in a bucket: {@code <folder>/<name>}, each with what tells its content, its node and its token in its
 * metadata. Any thread; every call ends at the deadline of the settings.
 */
public final class S3Bucket implements AutoCloseable {
    static final String SUM = "kvorum-sha256";
    /** As K3s names it. */
    private static final String NODE = "k3s-node-name";

    private static final String TOKEN_HASH = "k3s-token-hash";
    /** Content of a small object, or of one sent in parts; other tags say nothing about it. */
    private static final Pattern TELLING_TAG = Pattern.compile("[0-9a-f]{32}(-\\d+)?");

    private static final int MOST_LISTED = 100_000;

    private final S3Settings settings;
    private final SdkHttpClient http;
    private final S3Client client;

    /** @throws BucketFailure when the settings cannot be used, such as an authority that is none */
    public S3Bucket(S3Settings settings) {
        this.settings = settings;
        this.http = Connections.http(settings.connection());
        this.client = Connections.client(settings, http);
    }

    /**
     * Copies a snapshot there and makes sure that it arrived whole. What a killed process left of an upload of the same
     * node and prefix is deleted first, so two of them must not be under way at a time.
     *
     * @param progress hears how many bytes have arrived
     * @throws BucketFailure when the bucket refuses, does not answer in time, or holds something else afterwards
     */
    public BucketSnapshot upload(SavedSnapshot snapshot, LongConsumer progress) {
        SnapshotName name = snapshot.name();
        Deadline deadline = Deadline.in(settings.timeout());
        return attempt("upload " + name, () -> {
            Map<String, String> metadata = new TreeMap<>();
            metadata.put(SUM, Sums.sha256(snapshot.file()));
            snapshot.particulars().ifPresent(known -> {
                metadata.put(NODE, known.node());
                metadata.put(TOKEN_HASH, known.tokenHash());
            });
            metadata.values().removeIf(String::isEmpty);
            new Leftovers(client, bucket(), deadline)
                    .abortBefore(settings.place().prefix(), name);
            String tag = new Upload(client, bucket(), key(name), snapshot.file(), deadline).send(metadata, progress);
            verify(snapshot, tag, deadline);
            return new BucketSnapshot(name, location(name), snapshot.sizeBytes(), snapshot.createdAt());
        });
    }

    private void verify(SavedSnapshot snapshot, String tag, Deadline deadline) throws IOException {
        HeadObjectResponse found = client.headObject(
                request -> request.bucket(bucket()).key(key(snapshot.name())).overrideConfiguration(deadline::limit));
        if (found.contentLength() != snapshot.sizeBytes()) {
            throw new BucketFailure(
                    "the bucket holds %d bytes of %d".formatted(found.contentLength(), snapshot.sizeBytes()));
        }
        String foundTag = found.eTag() == null ? "" : found.eTag().replace("\"", "");
        boolean isTelling = TELLING_TAG.matcher(foundTag).matches()
                && found.serverSideEncryption() != ServerSideEncryption.AWS_KMS
                && found.serverSideEncryption() != ServerSideEncryption.AWS_KMS_DSSE;
        if (!(isTelling && foundTag.equals(tag))) {
            readBack(snapshot, deadline);
        }
    }

    /** Some servers have tags of their own; there the content itself must tell. */
    private void readBack(SavedSnapshot snapshot, Deadline deadline) throws IOException {
        String found = client.getObject(
                request -> request.bucket(bucket()).key(key(snapshot.name())).overrideConfiguration(deadline::limit),
                (response, in) -> Sums.sha256(in));
        if (!found.equals(Sums.sha256(snapshot.file()))) {
            throw new BucketFailure("the bucket gives back other bytes than were sent");
        }
    }

    /** By their time, the oldest first. */
    public List<BucketSnapshot> list() {
        Deadline deadline = Deadline.in(settings.timeout());
        return attempt("list " + location(), () -> {
            List<BucketSnapshot> found = new ArrayList<>();
            String next = null;
            do {
                String from = next;
                ListObjectsV2Response page = client.listObjectsV2(request -> request.bucket(bucket())
                        .prefix(settings.place().prefix())
                        .delimiter("/")
                        .continuationToken(from)
                        .overrideConfiguration(deadline::limit));
                page.contents().forEach(each -> snapshot(each).ifPresent(found::add));
                next = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
            } while (next != null && found.size() < MOST_LISTED);
            found.sort(Comparator.comparing(BucketSnapshot::createdAt).thenComparing(BucketSnapshot::name));
            return found;
        });
    }

    private Optional<BucketSnapshot> snapshot(S3Object object) {
        try {
            var name = new SnapshotName(
                    object.key().substring(settings.place().prefix().length()));
            Instant createdAt = name.takenAt().orElse(object.lastModified());
            return Optional.of(new BucketSnapshot(name, location(name), object.size(), createdAt));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @return whether it was there */
    public boolean delete(SnapshotName name) {
        Deadline deadline = Deadline.in(settings.timeout());
        return attempt("delete " + name, () -> {
            try {
                client.headObject(
                        request -> request.bucket(bucket()).key(key(name)).overrideConfiguration(deadline::limit));
            } catch (NoSuchKeyException e) {
                return false;
            }
            client.deleteObject(
                    request -> request.bucket(bucket()).key(key(name)).overrideConfiguration(deadline::limit));
            return true;
        });
    }

    /**
     * Deletes the oldest that a node saved under a prefix, until no more are left than are to be kept. Those of other
     * nodes are theirs.
     *
     * @return what was deleted
     */
    public List<BucketSnapshot> prune(String prefix, String node, int keep) {
        Pattern own = Pattern.compile(Pattern.quote(prefix + "-" + node + "-") + "\\d+(\\.zip)?");
        List<BucketSnapshot> matching = list().stream()
                .filter(each -> own.matcher(each.name().text()).matches())
                .toList();
        List<BucketSnapshot> old = matching.subList(0, Math.max(0, matching.size() - keep));
        old.forEach(each -> delete(each.name()));
        return List.copyOf(old);
    }

    /**
     * Fetches a snapshot; the file is there only once it is whole.
     *
     * @param target a file that may be there already, and is replaced then
     */
    public void download(SnapshotName name, Path target) {
        Deadline deadline = Deadline.in(settings.timeout());
        Path part = target.resolveSibling(target.getFileName() + ".part");
        attempt("download " + name, () -> {
            try {
                client.getObject(
                        request -> request.bucket(bucket()).key(key(name)).overrideConfiguration(deadline::limit),
                        new Download(part));
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return true;
            } finally {
                deleteQuietly(part);
            }
        });
    }

    private static void deleteQuietly(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            // the next download writes over it
        }
    }

    private <T> T attempt(String what, Work<T> work) {
        try {
            return work.run();
        } catch (AwsServiceException e) {
            String code = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
            String message =
                    e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorMessage();
            throw failure(what, "status %d %s: %s".formatted(e.statusCode(), code, message), e);
        } catch (SdkException e) {
            throw damage(e)
                    .<RuntimeException>map(each -> each)
                    .orElseGet(() -> failure(what, String.valueOf(e.getMessage()), e));
        } catch (BucketFailure e) {
            throw failure(what, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw failure(what, String.valueOf(e), e);
        }
    }

    /** The SDK wraps what its readers throw, more than once. */
    private static Optional<SnapshotDamaged> damage(SdkException failure) {
        return Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(SnapshotDamaged.class::isInstance)
                .map(SnapshotDamaged.class::cast)
                .findFirst();
    }

    private BucketFailure failure(String what, String found, Exception cause) {
        return new BucketFailure(
                "could not %s (bucket %s at %s): %s"
                        .formatted(what, bucket(), settings.connection().endpoint(), found),
                cause);
    }

    /** Requests that belong together. */
    private interface Work<T> {
        T run() throws IOException;
    }

    private String bucket() {
        return settings.place().bucket();
    }

    private String key(SnapshotName name) {
        return settings.place().prefix() + name.text();
    }

    private String location(SnapshotName name) {
        return "s3://" + bucket() + "/" + key(name);
    }

    /** Where the snapshots are. */
    public String location() {
        return "s3://" + bucket() + "/" + settings.place().folder();
    }

    @Override
    public void close() {
        client.close();
        http.close();
    }
}
