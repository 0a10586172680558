package io.kvorum.engine;

import io.kvorum.mvcc.Command;
import java.time.Instant;

/**
 * What the engine writes into the log.
 *
 * @param id tells the member that waits for the answer that this entry is its own
 * @param at when it was proposed, by the proposer's wall clock
 * @param fenceTerm the only term it may be committed in; 0 means any
 */
record Entry(Id id, Instant at, long fenceTerm, Command command) {
    /**
     * Unique among all entries ever.
     *
     * @param run drawn anew at every start of a member
     * @param number counts the entries of that run
     */
    record Id(long run, long number) {}
}
