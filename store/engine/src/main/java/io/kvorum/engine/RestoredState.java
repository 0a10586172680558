package io.kvorum.engine;

import io.kvorum.backend.AppliedPosition;
import io.kvorum.backend.Backend;
import io.kvorum.backend.BackendConfig;
import io.kvorum.backend.WriteBatch;
import io.kvorum.model.Bytes;
import io.kvorum.mvcc.Table;
import io.kvorum.raft.LogPosition;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A new state in the making, in an empty folder that {@link EmbeddedStore#open} finds it in once it is finished. What it
 * holds in memory does not grow with it. Used by one thread.
 */
public final class RestoredState implements AutoCloseable {
    private static final long BYTES_A_BATCH = 8 << 20;
    private static final long LEAST_MAP_BYTES = 1L << 30;
    /** Pages of a tree that grows at its end are half full at worst, and old ones wait for the next batch. */
    private static final int MAP_BYTES_A_BYTE = 4;

    private final Backend backend;
    private WriteBatch batch = new WriteBatch();
    private long batchBytes;

    private RestoredState(Backend backend) {
        this.backend = backend;
    }

    /**
     * Starts an empty state.
     *
     * @param dataFolder as in {@link EngineConfig#dataFolder}
     * @param contentBytes about how much it will hold
     */
    public static RestoredState create(Path dataFolder, long contentBytes) {
        DataFolder data = new DataFolder(dataFolder);
        Path folder = data.open();
        long mapBytes = Math.max(LEAST_MAP_BYTES, MAP_BYTES_A_BYTE * contentBytes);
        var tables = Arrays.stream(Table.values()).map(Table::text).toList();
        return new RestoredState(Backend.open(new BackendConfig(folder, data.library(), mapBytes, tables, 4)));
    }

    public void put(Table table, Bytes key, Bytes value) {
        // Copies: what a reader of a file gives out may keep far more in memory than itself.
        batch.put(table.text(), Bytes.wrap(key.toByteArray()), Bytes.wrap(value.toByteArray()));
        batchBytes += key.length() + value.length();
        if (batchBytes >= BYTES_A_BATCH) {
            backend.commit(batch, AppliedPosition.START);
            batch = new WriteBatch();
            batchBytes = 0;
        }
    }

    /** Writes what is left; the state then is as if the log had been applied up to the position. */
    public void finish(LogPosition applied) {
        backend.commit(batch, new AppliedPosition(applied.term(), applied.index()));
        batch = new WriteBatch();
    }

    @Override
    public void close() {
        backend.close();
    }
}
