package io.kvorum.engine;

/** One of the watches of a {@link WatchGroup}. Any thread. */
public interface OpenWatch extends AutoCloseable {
    /** As {@link WatchStream#requestProgress()}. */
    void requestProgress();

    @Override
    void close();
}
