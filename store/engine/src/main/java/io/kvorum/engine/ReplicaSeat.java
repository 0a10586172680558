package io.kvorum.engine;

import io.kvorum.backend.Backend;
import io.kvorum.raft.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replica that counts, until a snapshot takes its place. The log's thread replaces it, any thread asks for it. */
final class ReplicaSeat implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReplicaSeat.class);

    private final DataFolder data;
    private final EngineConfig config;
    private volatile Replica current;

    ReplicaSeat(EngineConfig config) {
        this.config = config;
        this.data = new DataFolder(config.dataFolder());
        this.current = Replica.open(data.open(), data.library(), config);
    }

    Replica current() {
        return current;
    }

    Path scratch() {
        return data.scratch();
    }

    /** Copies the state into the folder. The copy itself says how far it goes. */
    LogPosition save(Path folder) {
        current.copyTo(folder);
        return positionOf(folder);
    }

    private LogPosition positionOf(Path folder) {
        try {
            return Replica.positionOf(folder, data.library(), config);
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
        Replica opened = Replica.open(fresh, data.library(), config);
        data.choose(fresh);
        current = opened;
        old.close();
        discard(old.folder());
    }

    /** Gives the disk back what compaction freed; readers and writers go on meanwhile. */
    synchronized void defragment() {
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
