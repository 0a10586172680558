package io.kvorum.torture;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A host and the member that sits there, if any. Changed under the rack's lock; looked at by any thread. */
final class Seat {
    private final int host;
    private volatile @Nullable Sitter sitter;
    private volatile @Nullable MemberProcess process;
    private final AtomicInteger starts = new AtomicInteger();
    private volatile boolean isBroken;

    Seat(int host) {
        this.host = host;
    }

    /**
     * A member for its whole life, through all restarts.
     *
     * @param id 0 when the member works it out itself, as those do that the cluster begins with
     * @param cluster the members it is told of at its first start
     */
    record Sitter(String name, long id, Path data, String cluster) {}

    int host() {
        return host;
    }

    @Nullable
    Sitter sitter() {
        return sitter;
    }

    boolean isTaken() {
        return sitter != null;
    }

    /** Its data is damaged: it must never run again, but leave the cluster. */
    void breakData() {
        isBroken = true;
    }

    boolean isBroken() {
        return isBroken;
    }

    void take(Sitter newcomer) {
        sitter = newcomer;
    }

    void leave() {
        sitter = null;
        process = null;
        isBroken = false;
    }

    @Nullable
    MemberProcess process() {
        return process;
    }

    void started(MemberProcess fresh) {
        starts.incrementAndGet();
        process = fresh;
    }

    /** Tells one life of the process from the next. */
    int starts() {
        return starts.get();
    }

    boolean isRunning() {
        MemberProcess current = process;
        return current != null && current.isRunning();
    }
}
