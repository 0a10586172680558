package io.kvorum.raft;

/** Where an entry stands: its index, and the term of the leader that made it. */
public record LogPosition(long term, long index) {
    public static final LogPosition START = new LogPosition(0, 0);
}
