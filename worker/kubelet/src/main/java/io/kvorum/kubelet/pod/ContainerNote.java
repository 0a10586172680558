package io.kvorum.kubelet.pod;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is remembered about a container name beyond what the runtime knows; losing it costs a back-off or a round of
 * probes, never correctness. {@code probed} is the container that the results after it are about.
 */
record ContainerNote(
        Optional<Waiting> waiting,
        Instant notBefore,
        Optional<Duration> backoff,
        Optional<Stopping> stopping,
        Optional<String> probed,
        boolean started,
        boolean ready,
        boolean beginning,
        Optional<Failure> failure) {

    static final ContainerNote EMPTY = new ContainerNote(
            Optional.empty(),
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            false,
            false,
            Optional.empty());

    /** Why it is not started, as kubectl shows it. */
    record Waiting(String reason, String message) {}

    /** Which container is being stopped, and when it is killed if it does not end by itself. */
    record Stopping(String containerId, Instant until) {}

    /** Why a running container must be restarted, and how much time it is given. */
    record Failure(String message, Optional<Duration> grace) {}

    boolean isStarted(ObservedContainer container) {
        return container.isRunning() && started && isAbout(container);
    }

    /** Whether its postStart hook has not succeeded yet. */
    boolean isBeginning(ObservedContainer container) {
        return container.isRunning() && beginning && isAbout(container);
    }

    boolean isReady(ObservedContainer container) {
        return container.isRunning() && ready && isAbout(container);
    }

    /** Whether it is being stopped, and will be killed at that time or little later. */
    boolean isStopping(ObservedContainer container, Instant until) {
        return stopping.filter(stop -> stop.containerId().equals(container.id()))
                .filter(stop -> !stop.until().minusSeconds(1).isAfter(until))
                .isPresent();
    }

    Optional<Failure> failureOf(ObservedContainer container) {
        return isAbout(container) ? failure : Optional.empty();
    }

    private boolean isAbout(ObservedContainer container) {
        return probed.filter(container.id()::equals).isPresent();
    }

    ContainerNote waitingFor(Waiting why, Instant until) {
        return new ContainerNote(
                Optional.of(why), until, backoff, stopping, probed, started, ready, beginning, failure);
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
                false,
                Optional.empty());
    }

    /** Not to be started before that time; why it waits stays as it was told last. */
    ContainerNote notBefore(Instant time) {
        return new ContainerNote(waiting, time, backoff, stopping, probed, started, ready, beginning, failure);
    }

    ContainerNote withBeginning(boolean isBeginning) {
        return new ContainerNote(waiting, notBefore, backoff, stopping, probed, started, ready, isBeginning, failure);
    }

    ContainerNote withStopping(Optional<Stopping> stop) {
        return new ContainerNote(waiting, notBefore, backoff, stop, probed, started, ready, beginning, failure);
    }

    ContainerNote withStarted(boolean isStarted) {
        return new ContainerNote(waiting, notBefore, backoff, stopping, probed, isStarted, ready, beginning, failure);
    }

    ContainerNote withReady(boolean isReady) {
        return new ContainerNote(waiting, notBefore, backoff, stopping, probed, started, isReady, beginning, failure);
    }

    ContainerNote withFailure(Failure why) {
        return new ContainerNote(
                waiting, notBefore, backoff, stopping, probed, started, false, beginning, Optional.of(why));
    }
}
