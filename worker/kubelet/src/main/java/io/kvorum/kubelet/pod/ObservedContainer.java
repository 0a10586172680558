package io.kvorum.kubelet.pod;

import java.time.Instant;

/** A container as the runtime reports it. */
record ObservedContainer(
        String id,
        String sandboxId,
        String name,
        int attempt,
        State state,
        Instant createdAt,
        Instant startedAt,
        Instant finishedAt,
        int exitCode,
        String reason,
        String message,
        String image,
        String imageRef,
        String definition,
        String logPath) {

    /** Where it is in its life. */
    enum State {
        CREATED,
        RUNNING,
        EXITED,
        UNKNOWN
    }

    boolean isRunning() {
        return state == State.RUNNING;
    }

    boolean isExited() {
        return state == State.EXITED;
    }

    boolean succeeded() {
        return isExited() && exitCode == 0;
    }

    /** Whether it still has, or may have, a process. */
    boolean mayRun() {
        return state == State.RUNNING || state == State.UNKNOWN;
    }
}
