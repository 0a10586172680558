package io.kvorum.engine;

/** When applied changes are written to the file; the simulation has one of its own. */
interface FlushSchedule {
    /** Something waits to be written: runs the flush once, some time later, on a thread that may block. Any thread. */
    void due(Runnable flush);

    /** So much waits that it should not wait longer: as {@link #due}, but now. Any thread. */
    void plenty(Runnable flush);

    /** What was removed waits to be written too, which may wait until something else does. Of a thread of the store. */
    void swept(Runnable flush);

    /** The store closes: runs the flush for a last time, unless this is meant to be a crash. */
    void close(Runnable flush);
}
