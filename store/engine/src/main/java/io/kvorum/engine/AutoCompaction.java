package io.kvorum.engine;

import java.time.Duration;

/** What history the leader forgets by itself. */
public sealed interface AutoCompaction {
    AutoCompaction NONE = new Never();

    /** Clients compact, as Kubernetes does. */
    record Never() implements AutoCompaction {}

    /** Keeps what happened within the period. */
    record Periodic(Duration period) implements AutoCompaction {}

    /** Keeps so many revisions. */
    record Revisions(long kept) implements AutoCompaction {}
}
