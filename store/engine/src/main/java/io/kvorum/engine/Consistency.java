package io.kvorum.engine;

/** What a read promises. */
public enum Consistency {
    /** Sees every write acknowledged before the read began; needs a quorum. */
    LINEARIZABLE,
    /** Sees this replica as it is; works without a quorum. */
    SERIALIZABLE
}
