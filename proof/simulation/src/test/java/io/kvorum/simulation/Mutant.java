package io.kvorum.simulation;

/** A member that is broken on purpose, to prove that the invariants see it. */
enum Mutant {
    /** As it is. */
    NONE,
    /** The log says that it synced and did not. */
    DROPS_A_SYNC,
    /** The applied index survives a crash, the last changes do not. */
    FORGETS_WHAT_IT_APPLIED,
    /** The log is cut off behind what is applied, though it is not on disk yet. */
    CUTS_THE_LOG_TOO_EARLY,
    /** A committed entry happens twice. */
    APPLIES_TWICE,
    /** One member leaves a committed entry out. */
    SKIPS_AN_ENTRY,
    /** Reads do not ask the leader how far they must have come. */
    READS_STALE,
    /** The leader's clock for leases runs too fast. */
    EXPIRES_EARLY,
    /** A watch leaves an event out. */
    LOSES_AN_EVENT,
    /** A watch that is resumed begins one revision too late. */
    RESUMES_TOO_LATE,
    /** Writes of a deposed leader go through. */
    IGNORES_THE_FENCE
}
