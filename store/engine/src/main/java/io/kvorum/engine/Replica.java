package io.kvorum.engine;

import io.kvorum.backend.AppliedPosition;
import io.kvorum.backend.Backend;
import io.kvorum.backend.BackendConfig;
import io.kvorum.backend.BackendException;
import io.kvorum.backend.ReadView;
import io.kvorum.backend.WriteBatch;
import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Applied;
import io.kvorum.mvcc.Changes;
import io.kvorum.mvcc.Command;
import io.kvorum.mvcc.HistoryReader;
import io.kvorum.mvcc.Lease;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Mvcc;
import io.kvorum.mvcc.Table;
import io.kvorum.raft.Durations;
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
 * One state: a file, what is applied and not yet in the file, and the index in memory. Whoever applies holds the pen: the
 * log's thread, or the sweeper between two batches. Readers on any thread see the state up to {@link #newest()}.
 *
 * <pre>
 *   applied --Pen.commit--> gathering layer --flush--> leaving layer --disk transaction--> file
 * </pre>
 */
final class Replica implements AutoCloseable {
    private static final List<String> TABLES =
            Arrays.stream(Table.values()).map(Table::text).toList();

    /** Address space costs nothing, and a file may grow past its quota while free pages wait for readers. */
    private static final long LEAST_MAP_BYTES = 1L << 30;

    private volatile Path folder;
    private volatile Backend backend;
    private final Consumer<BackendException.Corrupt> damaged;
    private final Durations commits;
    private final Mvcc mvcc;
    private final HistoryReader reader;

    /** Never held across disk writes. Fair, so that a batch waits for one step of the sweeper at most. */
    private final ReentrantLock pen = new ReentrantLock(true);

    /** Held across disk writes: LMDB has one writer at a time anyway, and layers must reach it in order. */
    private final ReentrantLock disk = new ReentrantLock();

    private volatile Layers layers = Layers.none();
    private volatile LogPosition applied;
    private volatile Revision newest;
    /** Set while the file is copied for defragmentation: what is written meanwhile, to be written to the copy too. */
    private @Nullable MissedWrites missed;

    private Replica(Path folder, Backend backend, Mvcc mvcc, Told told) {
        this.damaged = told.damaged();
        this.commits = told.commits();
        this.folder = folder;
        this.backend = backend;
        this.mvcc = mvcc;
        this.reader = mvcc.reader();
        this.newest = mvcc.revision();
        this.applied = position(backend);
    }

    /**
     * Who learns of what happens to the file.
     *
     * @param damaged is told of whatever in the file turns out not to be what was written; must not block
     * @param commits how long its disk took
     */
    record Told(Consumer<BackendException.Corrupt> damaged, Durations commits) {}

    static Replica open(Path folder, Path library, EngineConfig config, Told told) {
        Backend backend = openBackend(folder, library, config);
        try (LayeredState state = new LayeredState(Layers.none(), backend::viewOfWriter)) {
            var replica = new Replica(folder, backend, Mvcc.restore(state), told);
            backend.whenDamaged(told.damaged());
            return replica;
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

    /** How far the copy in a folder goes; read through once, so that nobody is sent what a disk made of the state. */
    LogPosition positionOf(Path copy, Path library, EngineConfig config) {
        try (Backend opened = openBackend(copy, library, config)) {
            opened.whenDamaged(damaged);
            opened.verify();
            return position(opened);
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
        LayeredState state() {
            return new LayeredState(layers, backend::viewOfWriter);
        }

        Applied apply(Command command, Changes changes) {
            return mvcc.apply(command, changes);
        }

        /** From here on the changes are read, and on their way to the file together with the position. */
        void commit(Changes changes, LogPosition position) {
            if (changes.isEmpty()) {
                layers.gathering().reach(position);
            } else {
                layers.gathering().add(changes, position);
            }
            applied = position;
        }

        void publish() {
            newest = mvcc.revision();
        }

        boolean hasToSweep() {
            return mvcc.hasToSweep();
        }

        /** Whether there is something for the file now. */
        boolean sweep(int mostEntries) {
            try (LayeredState state = state()) {
                Changes changes = new Changes(state);
                mvcc.sweep(changes, mostEntries);
                commit(changes, applied);
                return !changes.isEmpty();
            }
        }
    }

    /**
     * Brings what is applied so far to stable storage, in one disk transaction with how far that is. After a failure
     * nothing is lost: it may be called again. Without the pen in hand.
     */
    void flush() {
        disk.lock();
        try {
            writeLeaving();
            write(holder -> {
                Layer gathered = layers.gathering();
                if (applied.index() > durable().index() || gathered.bytes() > 0) {
                    gathered.reach(applied);
                    layers = new Layers(gathered, new Layer());
                }
            });
            writeLeaving();
        } finally {
            disk.unlock();
        }
    }

    private void writeLeaving() {
        Layer leaving = layers.leaving();
        if (leaving == null) {
            return;
        }
        WriteBatch batch = leaving.toBatch();
        AppliedPosition position =
                new AppliedPosition(leaving.upTo().term(), leaving.upTo().index());
        long begun = System.nanoTime();
        backend.commit(batch, position);
        commits.note(System.nanoTime() - begun);
        if (missed != null) {
            missed.add(batch, leaving.bytes(), position);
        }
        write(holder -> layers = new Layers(null, layers.gathering()));
    }

    /**
     * Takes a compact copy of the file in the file's place. Writes go on while it is copied; what was written meanwhile
     * is written again to the copy, the last of it while others wait.
     *
     * @param chosen makes the copy's folder the one that counts
     * @return the old file, which is to be closed
     */
    Backend defragment(Path fresh, Path library, EngineConfig config, Consumer<Path> chosen) {
        MissedWrites writes = new MissedWrites();
        flush();
        onDisk(() -> missed = writes);
        try {
            backend.copyTo(fresh);
            Backend copy = openBackend(fresh, library, config);
            copy.whenDamaged(damaged);
            try {
                copy.verify();
                return swap(copy, fresh, writes, chosen);
            } catch (RuntimeException e) {
                copy.close();
                throw e;
            }
        } finally {
            onDisk(() -> missed = null);
        }
    }

    private void onDisk(Runnable act) {
        disk.lock();
        try {
            act.run();
        } finally {
            disk.unlock();
        }
    }

    private Backend swap(Backend copy, Path fresh, MissedWrites writes, Consumer<Path> chosen) {
        writes.catchUp(copy);
        Backend[] old = {backend};
        onDisk(() -> {
            writes.finish(copy);
            chosen.accept(fresh);
            // With the pen in hand: it has a view of the file that must not outlive it.
            write(holder -> {
                backend = copy;
                folder = fresh;
            });
        });
        return old[0];
    }

    /** For one reader; whatever is up to {@link #newest} as asked before, it sees. */
    LayeredState state(Duration patience) {
        Layers now = layers;
        return new LayeredState(now, () -> backend.view(patience));
    }

    /** Everything applied so far, as it lies in the file. */
    ReadView fileView(Duration patience) {
        flush();
        return backend.view(patience);
    }

    /**
     * Reads a piece of the file, which finds damage in it.
     *
     * @return the key to go on from; null at the table's end
     */
    @Nullable
    Bytes scrub(Table table, Bytes from, long mostBytes, Duration patience) {
        Bytes[] next = {null};
        long[] bytes = {0};
        try (ReadView view = backend.view(patience)) {
            view.scan(table.text(), from, (key, value) -> {
                bytes[0] += key.length() + value.length();
                next[0] = bytes[0] > mostBytes && !key.equals(from) ? key : null;
                return next[0] == null;
            });
        }
        return next[0];
    }

    HistoryReader reader() {
        return reader;
    }

    /** The last revision that may be shown. */
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

    /** Up to where readers see. */
    LogPosition applied() {
        return applied;
    }

    /** Up to where the state is on stable storage: what a crash leaves of it. */
    LogPosition durable() {
        return position(backend);
    }

    long pendingBytes() {
        return layers.bytes();
    }

    Path folder() {
        return folder;
    }

    /** With everything that is applied so far. */
    void copyTo(Path target) {
        flush();
        backend.copyTo(target);
    }

    long sizeBytes() {
        return backend.sizeBytes();
    }

    /** With what is still to be written. */
    long sizeInUseBytes() {
        return backend.sizeInUseBytes() + layers.bytes();
    }

    /** What was not flushed before is given up. */
    @Override
    public void close() {
        onDisk(() -> write(holder -> backend.close()));
    }
}
