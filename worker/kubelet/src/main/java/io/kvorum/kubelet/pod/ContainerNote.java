package io.kvorum.kubelet.pod;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is remembered about a container name beyond what the runtime knows; losing it costs a back-off or a round of
 * probes, never correctness. {@code probed} is the container that the three probe results are about.
 */
record ContainerNote(
        Optional<Waiting> waiting,
        Instant notBefore,
        Optional<Duration> backoff,
        Optional<String> stopping,
        Optional<String> probed,
        boolean started,
        boolean ready,
        Optional<Failure> failure) {

    static final ContainerNote EMPTY = new ContainerNote(
            Optional.empty(),
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            false,
            Optional.empty());

    /** Why it is not started, as kubectl shows it. */
    record Waiting(String reason, String message) {}

    /** Why a running container must be restarted, and how much time it is given. */
    record Failure(String message, Optional<Duration> grace) {}

    boolean isStarted(ObservedContainer container) {
        return container.isRunning() && started && isAbout(container);
    }

    boolean isReady(ObservedContainer container) {
        return container.isRunning() && ready && isAbout(container);
    }

    boolean isStopping(ObservedContainer container) {
        return stopping.filter(container.id()::equals).isPresent();
    }

    Optional<Failure> failureOf(ObservedContainer container) {
        return isAbout(container) ? failure : Optional.empty();
    }

    private boolean isAbout(ObservedContainer container) {
        return probed.filter(container.id()::equals).isPresent();
    }

    ContainerNote waitingFor(Waiting why, Instant until) {
        return new ContainerNote(Optional.of(why), until, backoff, stopping, probed, started, ready, failure);
    }

    ContainerNote launched(String containerId, Duration nextBackoff, boolean isStarted, boolean isReady) {
        return new ContainerNote(
                Optional.empty(),
                Instant.EPOCH,
                Optional.of(nextBackoff),
                Optional.empty(),
                Optional.of(containerId),
                isStarted,
                isReady,
                Optional.empty());
    }

    ContainerNote withStopping(Optional<String> containerId) {
        return new ContainerNote(waiting, notBefore, backoff, containerId, probed, started, ready, failure);
    }

    ContainerNote withStarted(boolean isStarted) {
        return new ContainerNote(waiting, notBefore, backoff, stopping, probed, isStarted, ready, failure);
    }

    ContainerNote withReady(boolean isReady) {
        return new ContainerNote(waiting, notBefore, backoff, stopping, probed, started, isReady, failure);
    }

    ContainerNote withFailure(Failure why) {
        return new ContainerNote(waiting, notBefore, backoff, stopping, probed, started, false, Optional.of(why));
    }
}
