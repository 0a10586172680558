package io.kvorum.engine;

import java.time.Duration;
import java.util.Optional;

/** A cursor into the store's history; used by one thread, closed by any. A slow reader costs nobody else anything. */
public interface WatchStream extends AutoCloseable {
    /**
     * Waits for the next events.
     *
     * @return empty when nothing happened in time
     * @throws StoreException.Compacted when the reader fell behind compaction and must read everything anew
     * @throws StoreException.Stopped when the store stops
     */
    Optional<WatchBatch> next(Duration patience) throws InterruptedException;

    /**
     * Makes {@link #next} answer soon, if need be with an empty batch that tells how far the stream has come: at least to
     * the revision this replica has now. Any thread may ask.
     */
    default void requestProgress() {}

    @Override
    void close();
}
