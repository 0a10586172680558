package io.kvorum.conformance;

import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;

/**
 * Knocks at a server's door all the time, each time by a new connection: whoever is let in must be able to read. A thread of
 * its own.
 */
final class DoorWatch implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final FreshRead read;
    private final Thread thread;
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final List<String> letDown = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean isOver;

    /** @param tls of an administrator */
    DoorWatch(SSLContext tls, String address) {
        this.read = new FreshRead(tls, address, 6443);
        this.thread = Thread.ofPlatform().name("door-watch").start(this::run);
    }

    private void run() {
        boolean wasLetDown = false;
        while (!isOver) {
            wasLetDown = knock(wasLetDown);
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /**
     * Only when two in a row are let down it counts: one may come in the very moment the door closes.
     *
     * @return whether this one was
     */
    private boolean knock(boolean wasLetDown) {
        return switch (read.get("/api/v1/namespaces/default", PATIENCE)) {
            case FreshRead.Outcome.Refused refusal -> {
                refused.incrementAndGet();
                yield false;
            }
            case FreshRead.Outcome.Answered answered -> {
                if (answered.isSuccess()) {
                    served.incrementAndGet();
                } else if (wasLetDown) {
                    letDown.add(LocalTime.now(ZoneId.systemDefault()) + " " + answered.firstLine());
                }
                yield !answered.isSuccess();
            }
        };
    }

    int served() {
        return served.get();
    }

    int refused() {
        return refused.get();
    }

    /** Each who was let in and could not read, though somebody before had the same luck. */
    List<String> letDown() {
        return List.copyOf(letDown);
    }

    @Override
    public void close() {
        isOver = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
