package io.kvorum.engine;

import io.kvorum.raft.ReplicatedLog;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * Opens a store whose own clock for leases stands still and whose changes are written to the file when the caller says so:
 * both go by real time on threads of their own, which no seed can repeat, so the simulation does it by virtual time in
 * their stead.
 */
public final class FrozenClock {
    private FrozenClock() {}

    /** @param flushes is handed a flush that is to be run once; closing the store is a crash, which writes nothing */
    public static EmbeddedStore open(
            EngineConfig config, ReplicatedLog log, InstantSource clock, Consumer<Runnable> flushes) {
        return EmbeddedStore.open(config, log, clock, () -> 0L, new Handed(flushes));
    }

    private record Handed(Consumer<Runnable> flushes) implements FlushSchedule {
        @Override
        public void due(Runnable flush) {
            flushes.accept(flush);
        }

        @Override
        public void plenty(Runnable flush) {
            flushes.accept(flush);
        }

        @Override
        public void swept(Runnable flush) {
            // By a thread that is not held still; the next flush takes it along.
        }

        @Override
        public void close(Runnable flush) {
            // A crash.
        }
    }
}
