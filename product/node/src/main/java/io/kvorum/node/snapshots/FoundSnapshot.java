package io.kvorum.node.snapshots;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A snapshot to look into: a file of this machine, or a copy of one in a bucket, which is deleted when this is closed. Used
 * by one thread.
 */
public final class FoundSnapshot implements AutoCloseable {
    private final Path file;
    private final String place;
    private final boolean isCopy;

    private FoundSnapshot(Path file, String place, boolean isCopy) {
        this.file = file;
        this.place = place;
        this.isCopy = isCopy;
    }

    public static FoundSnapshot onDisk(Path file) {
        return new FoundSnapshot(file, file.toAbsolutePath().toString(), false);
    }

    /**
     * Copies a snapshot out of a bucket.
     *
     * @param folder that the copy gets a folder in which nobody else may read
     * @throws SnapshotRefused when there is none, or the bucket does not give it
     */
    public static FoundSnapshot inBucket(BucketCopies bucket, String text, Path folder) {
        try {
            Path own = Files.createTempDirectory(folder, "snapshot-");
            try {
                BucketCopies.Copy copy = bucket.fetch(text, own);
                return new FoundSnapshot(copy.file(), copy.location(), true);
            } catch (RuntimeException e) {
                Files.deleteIfExists(own);
                throw e;
            }
        } catch (IOException e) {
            throw new SnapshotRefused("a copy of the snapshot has no place in %s: %s".formatted(folder, e), e);
        }
    }

    public Path file() {
        return file;
    }

    /** Its path, or its address in the bucket. */
    public String place() {
        return place;
    }

    @Override
    public void close() {
        Path folder = file.getParent();
        if (isCopy && folder != null) {
            try {
                Files.deleteIfExists(file);
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                throw new SnapshotRefused("the copy %s cannot be deleted; it holds secrets".formatted(file), e);
            }
        }
    }
}
