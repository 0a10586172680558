package io.kvorum.engine;

import io.kvorum.backend.AppliedPosition;
import io.kvorum.backend.Backend;
import io.kvorum.backend.BackendConfig;
import io.kvorum.backend.BackendException;
import io.kvorum.backend.ReadView;
import io.kvorum.backend.WriteBatch;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Applied;
import io.kvorum.mvcc.Changes;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.HistoryReader;
import io.kvorum.mvcc.Lease;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Mvcc;
import io.kvorum.mvcc.Table;
import io.kvorum.raft.LogPosition;
import java.nio.BufferUnderflowException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One state on disk with its index in memory. Whoever writes holds the pen: the applying thread, or the sweeper between
 * two batches. Readers on any thread see the state up to {@link #newest()}.
 */
final class Replica implements AutoCloseable {
    private static final List<String> TABLES =
            Arrays.stream(Table.values()).map(Table::text).toList();

    /** Address space costs nothing, and a file may grow past its quota while free pages wait for readers. */
    private static final long LEAST_MAP_BYTES = 1L << 30;

    private volatile Path folder;
    private volatile Backend backend;
    private final Mvcc mvcc;
    private final HistoryReader reader;

    /**
     * Held across disk writes: LMDB has one writer at a time anyway, and the index must not run away from the disk. Fair,
     * so that a batch waits for one step of the sweeper at most.
     */
    private final ReentrantLock pen = new ReentrantLock(true);

    private volatile Revision newest;
    /** Set while the file is copied for defragmentation: what is written meanwhile, to be written to the copy too. */
    private @Nullable MissedWrites missed;

    private Replica(Path folder, Backend backend, Mvcc mvcc) {
        this.folder = folder;
        this.backend = backend;
        this.mvcc = mvcc;
        this.reader = mvcc.reader();
        this.newest = mvcc.revision();
    }

    static Replica open(Path folder, Path library, EngineConfig config) {
        Backend backend = openBackend(folder, library, config);
        try (ReadView view = backend.viewOfWriter()) {
            return new Replica(folder, backend, Mvcc.restore(new ViewState(view)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | BufferUnderflowException e) {
            backend.close();
            throw new BackendException.Corrupt(folder, "a record cannot be read: " + e.getMessage());
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    private static Backend openBackend(Path folder, Path library, EngineConfig config) {
        long mapBytes = Math.max(2 * config.quotaBytes(), LEAST_MAP_BYTES);
        return Backend.open(new BackendConfig(folder, library, mapBytes, TABLES, config.maxViews()));
    }

    /** How far the copy in a folder goes, without reading its records. */
    static LogPosition positionOf(Path folder, Path library, EngineConfig config) {
        try (Backend backend = openBackend(folder, library, config)) {
            return position(backend);
        }
    }

    private static LogPosition position(Backend backend) {
        AppliedPosition applied = backend.applied();
        return new LogPosition(applied.term(), applied.index());
    }

    /** Runs writes with the pen in hand. */
    void write(Consumer<Pen> writes) {
        pen.lock();
        try {
            writes.accept(new Pen());
        } finally {
            pen.unlock();
        }
    }

    /** What only the holder of the pen may do. */
    final class Pen {
        ReadView view() {
            return backend.viewOfWriter();
        }

        Applied apply(Command command, Changes changes) {
            return mvcc.apply(command, changes);
        }

        void commit(Changes changes, LogPosition position) {
            WriteBatch batch = batch(changes);
            AppliedPosition applied = new AppliedPosition(position.term(), position.index());
            backend.commit(batch, applied);
            remember(batch, changes.bytes(), applied);
        }

        void publish() {
            newest = mvcc.revision();
        }

        boolean hasToSweep() {
            return mvcc.hasToSweep();
        }

        void sweep(int mostEntries) {
            try (ReadView view = view()) {
                Changes changes = new Changes(new ViewState(view));
                mvcc.sweep(changes, mostEntries);
                if (!changes.isEmpty()) {
                    WriteBatch batch = batch(changes);
                    backend.commitHousekeeping(batch);
                    remember(batch, changes.bytes(), null);
                }
            }
        }
    }

    private void remember(WriteBatch batch, long bytes, @Nullable AppliedPosition applied) {
        if (missed != null) {
            missed.add(batch, bytes, applied);
        }
    }

    /**
     * Takes a compact copy of the file in the file's place. Writers go on while it is copied; what they wrote meanwhile
     * is written again to the copy, the last of it with the pen in hand, so that they wait for that only.
     *
     * @param chosen makes the copy's folder the one that counts
     * @return the old file, which is to be closed
     */
    Backend defragment(Path fresh, Path library, EngineConfig config, Consumer<Path> chosen) {
        MissedWrites writes = new MissedWrites();
        write(pen -> missed = writes);
        try {
            backend.copyTo(fresh);
            Backend copy = openBackend(fresh, library, config);
            try {
                return swap(copy, fresh, writes, chosen);
            } catch (RuntimeException e) {
                copy.close();
                throw e;
            }
        } finally {
            write(pen -> missed = null);
        }
    }

    private Backend swap(Backend copy, Path fresh, MissedWrites writes, Consumer<Path> chosen) {
        writes.catchUp(copy);
        Backend[] old = {backend};
        write(pen -> {
            writes.finish(copy);
            chosen.accept(fresh);
            backend = copy;
            folder = fresh;
        });
        return old[0];
    }

    private static WriteBatch batch(Changes changes) {
        WriteBatch batch = new WriteBatch();
        for (Changes.Change change : changes.list()) {
            if (change.value() == null) {
                batch.delete(change.table().text(), change.key());
            } else {
                batch.put(change.table().text(), change.key(), change.value());
            }
        }
        return batch;
    }

    ReadView view(Duration patience) {
        return backend.view(patience);
    }

    HistoryReader reader() {
        return reader;
    }

    /** The last revision that is on stable storage and may be shown. */
    Revision newest() {
        return newest;
    }

    Revision compacted() {
        return mvcc.compacted();
    }

    Mvcc mvcc() {
        return mvcc;
    }

    List<Lease> leases() {
        return mvcc.leases();
    }

    @Nullable
    Lease lease(LeaseId id) {
        return mvcc.lease(id);
    }

    LogPosition applied() {
        return position(backend);
    }

    Path folder() {
        return folder;
    }

    void copyTo(Path target) {
        backend.copyTo(target);
    }

    long sizeBytes() {
        return backend.sizeBytes();
    }

    long sizeInUseBytes() {
        return backend.sizeInUseBytes();
    }

    @Override
    public void close() {
        pen.lock();
        try {
            backend.close();
        } finally {
            pen.unlock();
        }
    }
}
