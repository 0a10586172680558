package io.kvorum.etcdserver;

import java.util.concurrent.atomic.LongAdder;

/** Counts watch streams, their watches and what they carried. Any thread. */
final class WatchTally {
    private final LongAdder streams = new LongAdder();
    private final LongAdder watches = new LongAdder();
    private final LongAdder waiting = new LongAdder();
    private final LongAdder events = new LongAdder();

    void streamOpened() {
        streams.increment();
    }

    void streamClosed() {
        streams.decrement();
    }

    void watchOpened() {
        watches.increment();
    }

    void watchClosed() {
        watches.decrement();
    }

    /** A watch has something for a client that does not take it. */
    void waits() {
        waiting.increment();
    }

    void waitsNoMore() {
        waiting.decrement();
    }

    void carried(int count) {
        events.add(count);
    }

    long streams() {
        return streams.sum();
    }

    long watches() {
        return watches.sum();
    }

    long waiting() {
        return waiting.sum();
    }

    long events() {
        return events.sum();
    }
}
