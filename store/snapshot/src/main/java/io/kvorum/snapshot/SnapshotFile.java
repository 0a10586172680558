package io.kvorum.snapshot;

import io.kvorum.model.Bytes;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.RecordCodec;
import io.kvorum.mvcc.RevisionKey;
import io.kvorum.snapshot.bbolt.Cursor;
import io.kvorum.snapshot.bbolt.DatabaseFile;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An open snapshot of etcd's, of ours or of a real etcd. Holds a few pages in memory whatever its size. Every reading
 * act throws {@link SnapshotDamaged} rather than give out what cannot be right. Used by one thread at a time.
 */
public final class SnapshotFile implements SnapshotContent, AutoCloseable {
    /** Facts are few and small; more of them are not facts. */
    private static final int MOST_FACTS = 1024;

    private static final int MOST_FACT_BYTES = 64 << 10;

    private final DatabaseFile database;

    private SnapshotFile(DatabaseFile database) {
        this.database = database;
    }

    /**
     * Opens a snapshot after its whole content was proven to be what its trailer promises.
     *
     * @throws SnapshotDamaged when it is not
     * @throws SnapshotInaccessible when the disk refuses
     */
    public static SnapshotFile open(Path file) {
        Trailer.verify(file);
        return new SnapshotFile(DatabaseFile.open(file, Trailer.BYTES));
    }

    /** Opens a copy of {@code member/snap/db}, which has no trailer; if there is one, it is not looked at. */
    public static SnapshotFile openUnverified(Path file) {
        try {
            int trailer = Trailer.isPresent(Files.size(file)) ? Trailer.BYTES : 0;
            return new SnapshotFile(DatabaseFile.open(file, trailer));
        } catch (IOException e) {
            throw new SnapshotInaccessible(file, "open", e);
        }
    }

    @Override
    public void scan(EtcdBucket bucket, Visitor visitor) {
        walk(bucket, entry -> {
            if (bucket == EtcdBucket.KEY) {
                revisionOf(entry);
            }
            visitor.visit(entry.key(), entry.value());
        });
    }

    /** Shows all changes in their order. */
    public void history(HistoryVisitor visitor) {
        walk(EtcdBucket.KEY, entry -> {
            RevisionKey at = revisionOf(entry);
            boolean isDeletion = RevisionKey.isTombstone(entry.key());
            visitor.visit(at, isDeletion, recordOf(entry));
        });
    }

    private void walk(EtcdBucket bucket, EntryVisitor visitor) {
        Cursor cursor = database.bucket(bucket.bytes()).orElse(null);
        while (cursor != null && cursor.next()) {
            cursor.mustBePlain();
            visitor.visit(cursor);
        }
    }

    private static RevisionKey revisionOf(Cursor entry) {
        return RevisionBytes.parse(entry.key())
                .orElseThrow(() -> entry.damaged(
                        "a key of %d bytes is no revision".formatted(entry.key().length())));
    }

    private static KeyValue recordOf(Cursor entry) {
        try {
            return RecordCodec.decode(entry.value());
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            SnapshotDamaged damaged = entry.damaged("the record of a change is senseless: " + e.getMessage());
            damaged.initCause(e);
            throw damaged;
        }
    }

    public SnapshotFacts facts() {
        try {
            return SnapshotFacts.of(small(EtcdBucket.META), small(EtcdBucket.CLUSTER));
        } catch (IllegalArgumentException e) {
            throw new SnapshotDamaged(
                    database.file(), 0, database.sizeBytes(), "its bucket meta is senseless: " + e.getMessage());
        }
    }

    private SortedMap<Bytes, Bytes> small(EtcdBucket bucket) {
        SortedMap<Bytes, Bytes> entries = new TreeMap<>();
        walk(bucket, entry -> {
            if (entries.size() == MOST_FACTS || entry.value().length() > MOST_FACT_BYTES) {
                throw entry.damaged("the bucket %s has more than %d entries, or one of more than %d bytes"
                        .formatted(bucket.text(), MOST_FACTS, MOST_FACT_BYTES));
            }
            // Copies: what the entry gives out keeps its whole page in memory.
            entries.put(
                    Bytes.wrap(entry.key().toByteArray()),
                    Bytes.wrap(entry.value().toByteArray()));
        });
        return entries;
    }

    /** Reads everything through and proves that no page is lost or used twice. */
    public SnapshotStatus status() {
        return readThrough(entry -> {});
    }

    /** As {@link #status}, and shows all changes in their order on the way. */
    public SnapshotStatus status(HistoryVisitor visitor) {
        return readThrough(entry -> {
            boolean isDeletion = RevisionKey.isTombstone(entry.key());
            visitor.visit(revisionOf(entry), isDeletion, recordOf(entry));
        });
    }

    private SnapshotStatus readThrough(EntryVisitor changes) {
        StatusTally tally = new StatusTally();
        database.readThrough(new DatabaseFile.Visitor() {
            @Override
            public void bucket(Bytes name) {
                tally.bucket(name);
            }

            @Override
            public void entry(Bytes bucket, Cursor entry) {
                tally.entry(entry.key(), entry.value());
                if (bucket.equals(EtcdBucket.KEY.bytes())) {
                    tally.change(revisionOf(entry));
                    changes.visit(entry);
                }
            }
        });
        return tally.status(database.sizeBytes());
    }

    @Override
    public void close() {
        database.close();
    }

    /** Sees changes. */
    @FunctionalInterface
    public interface HistoryVisitor {
        /** @param record of a deletion, only its key means something */
        void visit(RevisionKey at, boolean isDeletion, KeyValue record);
    }

    /** Sees entries as they lie in the file. */
    @FunctionalInterface
    private interface EntryVisitor {
        void visit(Cursor entry);
    }
}
