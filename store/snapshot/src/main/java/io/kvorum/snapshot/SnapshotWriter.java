package io.kvorum.snapshot;

import io.kvorum.model.Bytes;
import io.kvorum.mvcc.RevisionKey;
import io.kvorum.snapshot.bbolt.DatabaseWriter;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes contents as snapshots that a real etcd takes. Stateless; any thread may call it. */
public final class SnapshotWriter {
    private SnapshotWriter() {}

    /**
     * Writes the content under a name of its own and renames it once the disk has it, so that under the wished name
     * there is a whole snapshot or none. A file that has the name already is replaced.
     *
     * @throws SnapshotInaccessible when the disk refuses; nothing is left behind then
     */
    public static SnapshotStatus write(Path file, SnapshotContent content) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.deleteIfExists(part);
            try {
                SnapshotStatus status = writePages(part, content);
                Trailer.append(part);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                rememberName(file);
                return status;
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "write", e);
        }
    }

    private static SnapshotStatus writePages(Path file, SnapshotContent content) {
        StatusTally tally = new StatusTally();
        try (DatabaseWriter database = DatabaseWriter.create(file)) {
            for (EtcdBucket bucket : EtcdBucket.values()) {
                database.bucket(bucket.bytes());
                tally.bucket(bucket.bytes());
                content.scan(bucket, (key, value) -> {
                    if (bucket == EtcdBucket.KEY) {
                        tally.change(revisionOf(key));
                    }
                    database.put(key, value);
                    tally.entry(key, value);
                });
            }
            return tally.status(database.finish());
        }
    }

    private static RevisionKey revisionOf(Bytes key) {
        return RevisionBytes.parse(key)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the content to be written has a key of %d bytes that is no revision".formatted(key.length())));
    }

    /** A rename is on disk only once its folder is. */
    private static void rememberName(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
