package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.mvcc.Command;
import java.time.Instant;

/**
 * Commands of leases as the engine writes them into the log. Stands in the engine's package because what an entry looks
 * like is nobody else's business.
 */
public final class LeaseEntries {
    private static final long RUN = 0x1ea5e;

    private LeaseEntries() {}

    /** @param fenceTerm the only term it may be committed in; 0 means any */
    public static Bytes of(long number, Instant at, long fenceTerm, Command command) {
        return EntryCodec.encode(new Entry(new Entry.Id(RUN, number), at, fenceTerm, command));
    }
}
