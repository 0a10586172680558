package io.kvorum.node.snapshots;

import io.kvorum.node.config.S3Options;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import io.kvorum.snapshot.catalogue.Resolution;
import io.kvorum.snapshot.s3.BucketFailure;
import io.kvorum.snapshot.s3.BucketSnapshot;
import io.kvorum.snapshot.s3.S3Bucket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Consumer;

/** Fetches the snapshot that somebody means from a bucket, for a restore. Used by one thread. */
public final class BucketCopies {
    private static final String SCHEME = "s3://";

    private final S3Options options;
    private final Consumer<String> notes;

    /** @param notes hears which snapshot was meant, and where it is put */
    public BucketCopies(S3Options options, Consumer<String> notes) {
        this.options = options;
        this.notes = notes;
    }

    /** Whether this is an address such as {@code s3://bucket/folder/name}, which says all but the keys. */
    public static boolean isAddress(String text) {
        return text.startsWith(SCHEME);
    }

    /** @param location in the bucket */
    public record Copy(Path file, String location) {}

    /**
     * Fetches it.
     *
     * @param text a name in the bucket, the beginning of one, or a date; or an address that ends in one of these
     * @return what is in the folder then
     * @throws SnapshotRefused when there is none, or the bucket does not give it
     */
    public Copy fetch(String text, Path folder) {
        try (var bucket = new S3Bucket(placed(text).settings())) {
            String name = Path.of(text).getFileName().toString();
            BucketSnapshot found = find(name, bucket);
            notes.accept("fetching %s, %d bytes".formatted(found.location(), found.sizeBytes()));
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path target = folder.resolve(found.name().text());
            bucket.download(found.name(), target);
            return new Copy(target, found.location());
        } catch (BucketFailure | SnapshotDamaged | SnapshotInaccessible | IllegalArgumentException e) {
            throw new SnapshotRefused(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new SnapshotRefused("the folder %s cannot be made: %s".formatted(folder, e), e);
        }
    }

    private S3Options placed(String text) {
        if (!isAddress(text)) {
            return options;
        }
        String place = text.substring(SCHEME.length());
        int bucketEnd = place.indexOf('/');
        int nameStart = place.lastIndexOf('/') + 1;
        if (bucketEnd < 1 || nameStart == place.length()) {
            throw new SnapshotRefused(
                    "an address of a snapshot is s3://BUCKET/FOLDER/NAME or s3://BUCKET/NAME, not \"%s\""
                            .formatted(text));
        }
        return options.at(
                place.substring(0, bucketEnd), place.substring(bucketEnd, Math.max(bucketEnd, nameStart - 1)));
    }

    private BucketSnapshot find(String text, S3Bucket bucket) {
        List<BucketSnapshot> all = bucket.list();
        return switch (Resolution.of(text, all, ZoneId.systemDefault())) {
            case Resolution.Found<BucketSnapshot> found -> {
                if (!found.isExact()) {
                    notes.accept("\"%s\" means %s, the newest that fits, taken %s"
                            .formatted(
                                    text,
                                    found.snapshot().name(),
                                    found.snapshot().createdAt()));
                }
                yield found.snapshot();
            }
            case Resolution.Missing<BucketSnapshot> missing ->
                throw new SnapshotRefused("no snapshot is called or dated \"%s\" in %s; there are %d, the newest is %s"
                        .formatted(
                                text,
                                bucket.location(),
                                missing.candidates().size(),
                                missing.candidates().isEmpty()
                                        ? "none"
                                        : missing.candidates().getFirst().name()));
        };
    }
}
