package io.kvorum.engine;

/** Where a watch tells that there is something to read. Called with the hub's lock held; must not block. */
interface Inbox {
    void ring();

    /** Whether one more event may wait; otherwise the watch has to read it again from the history. */
    boolean hasRoom();

    /** So many events more wait to be read, or less. */
    void grew(int events);
}
