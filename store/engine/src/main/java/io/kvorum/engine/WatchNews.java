package io.kvorum.engine;

import io.kvorum.model.Revision;

/** What became of one of many watches; it names whom that concerns. */
public sealed interface WatchNews<T> {
    T reader();

    /** There are events, or mere progress. */
    record Happened<T>(T reader, WatchBatch batch) implements WatchNews<T> {}

    /** The watch is over, since compaction overtook it: whoever wants to go on must read everything anew. */
    record Overtaken<T>(T reader, Revision compacted) implements WatchNews<T> {}
}
