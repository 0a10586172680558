package io.kvorum.engine;

import io.kvorum.raft.ReplicatedLog;
import java.time.InstantSource;

/**
 * Opens a store whose own clock for leases stands still: it ticks by real time on a thread of its own, which no seed can
 * repeat, so the simulation ends leases by virtual time in its stead.
 */
public final class FrozenClock {
    private FrozenClock() {}

    public static EmbeddedStore open(EngineConfig config, ReplicatedLog log, InstantSource clock) {
        return EmbeddedStore.open(config, log, clock, () -> 0L);
    }
}
