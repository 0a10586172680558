package io.kvorum.snapshot.bbolt;

import io.kvorum.model.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes a new, compact file from front to back, its meta pages last; what it holds in memory does not grow with the
 * file. A file that was not finished has no meta page and is refused by every reader. Used by one thread.
 */
public final class DatabaseWriter implements AutoCloseable {
    public static final int PAGE_SIZE = 4096;
    private static final long TRANSACTION = 2;

    private final Path file;
    private final FileChannel channel;
    private final PageSink sink;
    private final Map<Bytes, Bytes> buckets = new TreeMap<>();
    private @Nullable Bytes name;
    private TreeWriter bucket;

    private DatabaseWriter(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.sink = new PageSink(channel, PAGE_SIZE);
        this.bucket = new TreeWriter(sink);
    }

    /**
     * Starts a file that is not there yet.
     *
     * @throws SnapshotInaccessible when it is there, or the disk refuses
     */
    public static DatabaseWriter create(Path file) {
        try {
            // The file holds every secret of the cluster.
            return new DatabaseWriter(
                    file,
                    FileChannel.open(
                            file,
                            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "create", e);
        }
    }

    /** Ends the bucket under way and starts another one, which may stay empty; buckets come in any order, each once. */
    public void bucket(Bytes name) {
        endBucket();
        if (buckets.containsKey(name)) {
            throw new IllegalArgumentException("bucket %s is written already".formatted(name));
        }
        this.name = name;
        bucket = new TreeWriter(sink);
    }

    /** Adds an entry to the bucket under way; keys come in ascending order. */
    public void put(Bytes key, Bytes value) {
        if (name == null) {
            throw new IllegalStateException("an entry needs a bucket first");
        }
        try {
            bucket.put(key, value, 0);
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "write", e);
        }
    }

    private void endBucket() {
        if (name != null) {
            try {
                buckets.put(name, bucket.finishBucket());
            } catch (IOException e) {
                throw new SnapshotInaccessible(file, "write", e);
            }
            name = null;
        }
    }

    /**
     * Completes the file and waits until the disk has it.
     *
     * @return its bytes
     */
    public long finish() {
        endBucket();
        try {
            TreeWriter top = new TreeWriter(sink);
            for (Map.Entry<Bytes, Bytes> each : buckets.entrySet()) {
                top.put(each.getKey(), each.getValue(), Layout.IS_BUCKET);
            }
            long root = top.finish();
            long freelist = sink.emptyFreelist();
            sink.flush();
            // The rest before the metas: a file whose metas are whole is whole.
            channel.force(true);
            writeMeta(0, new Meta(PAGE_SIZE, root, 0, freelist, sink.nextPage(), TRANSACTION));
            writeMeta(1, new Meta(PAGE_SIZE, root, 0, freelist, sink.nextPage(), TRANSACTION - 1));
            channel.force(true);
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "write", e);
        }
        return sink.nextPage() * PAGE_SIZE;
    }

    private void writeMeta(int page, Meta meta) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(meta.toPage(page));
        while (bytes.hasRemaining()) {
            channel.write(bytes, (long) page * PAGE_SIZE + bytes.position());
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "close", e);
        }
    }
}
