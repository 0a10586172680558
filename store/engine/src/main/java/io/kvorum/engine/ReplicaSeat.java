package io.kvorum.engine;

import io.kvorum.backend.Backend;
import io.kvorum.backend.BackendException;
import io.kvorum.raft.Durations;
import io.kvorum.raft.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replica that counts, until a snapshot takes its place. The log's thread replaces it, any thread asks for it. */
final class ReplicaSeat implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReplicaSeat.class);

    private static final int MOST_HOLDS = 64;

    private final Semaphore holds = new Semaphore(MOST_HOLDS);
    private final DataFolder data;
    private final EngineConfig config;
    private final Replica.Told told;
    private volatile Replica current;

    /** @param damaged is told of whatever in the file turns out not to be what was written; must not block */
    ReplicaSeat(EngineConfig config, Consumer<BackendException.Corrupt> damaged) {
        this.config = config;
        this.told = new Replica.Told(damaged, Durations.ofDisk());
        this.data = new DataFolder(config.dataFolder());
        this.current = Replica.open(data.open(), data.library(), config, told);
    }

    Replica current() {
        return current;
    }

    Path scratch() {
        return data.scratch();
    }

    /** Copies the state into the folder. The copy itself says how far it goes. */
    LogPosition save(Path folder) {
        Replica replica = current;
        replica.copyTo(folder);
        try {
            return replica.positionOf(folder, data.library(), config);
        } finally {
            removeLock(folder);
        }
    }

    private static void removeLock(Path folder) {
        try {
            Files.deleteIfExists(folder.resolve("lock.mdb"));
        } catch (IOException e) {
            log.atWarn().setCause(e).addKeyValue("folder", folder).log("a lock file stays in a snapshot");
        }
    }

    /** The new state is opened and proven readable before it counts; the old one goes when its readers are done. */
    synchronized void replace(Path snapshot) {
        Replica old = current;
        Path fresh = data.copyIn(snapshot, old.folder());
        Replica opened = Replica.open(fresh, data.library(), config, told);
        data.choose(fresh);
        current = opened;
        old.close();
        discard(old.folder());
    }

    /** Whoever looks at the whole state for long holds the file, of which there is one until {@link #release}. */
    void hold(Duration patience) {
        take(1, patience, "the database is being defragmented");
    }

    void release() {
        holds.release();
    }

    private void take(int count, Duration patience, String why) {
        try {
            if (!holds.tryAcquire(count, patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StoreException.Occupied(why);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException.Occupied(why);
        }
    }

    Durations commits() {
        return told.commits();
    }

    /**
     * Gives the disk back what compaction freed; readers and writers go on meanwhile. The old file cannot go while
     * somebody looks at all of it: that is waited for.
     */
    void defragment(Duration patience) {
        take(MOST_HOLDS, patience, "a snapshot is being saved; defragment once it is done");
        try {
            defragment();
        } finally {
            holds.release(MOST_HOLDS);
        }
    }

    private synchronized void defragment() {
        Replica replica = current;
        Path before = replica.folder();
        Path fresh = data.newBeside(before);
        Backend old = replica.defragment(fresh, data.library(), config, data::choose);
        old.close();
        discard(before);
    }

    private static void discard(Path folder) {
        try {
            DataFolder.delete(folder);
        } catch (IOException e) {
            log.atWarn().setCause(e).addKeyValue("folder", folder).log("an old state is left for the next start");
        }
    }

    @Override
    public void close() {
        current.close();
    }
}
