package io.kvorum.controllers;

/** One controller: built before the informers start, started after their first lists, closed once. */
public interface Controller extends AutoCloseable {
    void start();

    @Override
    void close();
}
