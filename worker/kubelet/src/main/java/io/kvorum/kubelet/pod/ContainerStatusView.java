package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.kvorum.kubelet.desired.PodRef;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** One container's status as kubectl expects it. Pure. */
final class ContainerStatusView {
    private final PodPlan.Situation situation;
    private final boolean initialized;
    private final List<ContainerStatus> published;

    /** {@code published} is what the API says now; it fills in what the runtime has forgotten. */
    ContainerStatusView(PodPlan.Situation situation, boolean initialized, List<ContainerStatus> published) {
        this.situation = situation;
        this.initialized = initialized;
        this.published = published;
    }

    ContainerStatus of(Container container, boolean init) {
        List<ObservedContainer> history = situation.observed().of(container.getName());
        ContainerNote note = situation.note(container.getName());
        if (history.isEmpty()) {
            return untouched(container, note, init);
        }
        ObservedContainer latest = history.getFirst();
        ContainerStatusBuilder status = new ContainerStatusBuilder()
                .withName(container.getName())
                .withContainerID("containerd://" + latest.id())
                .withImage(latest.image().isEmpty() ? container.getImage() : latest.image())
                .withImageID(latest.imageRef())
                .withRestartCount(latest.attempt())
                .withReady(isReady(container, latest, note, init))
                .withStarted(note.isStarted(latest))
                .withState(state(container, latest, note))
                .withLastState(new ContainerState());
        if (isWaiting(container, latest)) {
            status.withLastState(terminated(latest));
        } else if (history.size() > 1 && history.get(1).isExited()) {
            status.withLastState(terminated(history.get(1)));
        }
        return status.build();
    }

    private ContainerStatus untouched(Container container, ContainerNote note, boolean init) {
        Optional<ContainerStatus> before = published.stream()
                .filter(status -> status.getName().equals(container.getName()))
                .findFirst();
        boolean concluded = before.map(ContainerStatus::getState)
                .filter(state -> state.getTerminated() != null)
                .isPresent();
        if (concluded && ((init && initialized) || !(situation.intent() instanceof Intent.Run))) {
            return before.get();
        }
        return new ContainerStatusBuilder()
                .withName(container.getName())
                .withImage(container.getImage())
                .withImageID("")
                .withRestartCount(before.map(ContainerStatus::getRestartCount).orElse(0))
                .withReady(false)
                .withStarted(false)
                .withState(waiting(reasonOf(note, init)))
                .withLastState(new ContainerState())
                .build();
    }

    private ContainerNote.Waiting reasonOf(ContainerNote note, boolean init) {
        boolean hasInits = !situation.pod().getSpec().getInitContainers().isEmpty();
        String usual = hasInits && (init || !initialized) ? "PodInitializing" : "ContainerCreating";
        boolean firstInit = init && situation.observed().currentSandbox().isEmpty();
        return note.waiting().orElse(new ContainerNote.Waiting(firstInit ? "PodInitializing" : usual, ""));
    }

    private static boolean isReady(Container container, ObservedContainer latest, ContainerNote note, boolean init) {
        if (init && !PodPhase.isSidecar(container)) {
            return latest.succeeded();
        }
        return note.isReady(latest);
    }

    /** Whether it ended and waits for its next start. */
    private boolean isWaiting(Container container, ObservedContainer latest) {
        if (!latest.isExited() || !(situation.intent() instanceof Intent.Run)) {
            return false;
        }
        ContainerNote note = situation.note(container.getName());
        return restarts(container, latest)
                && (note.waiting().isPresent() || due(latest, note).isAfter(situation.now()));
    }

    private boolean restarts(Container container, ObservedContainer latest) {
        if (PodPhase.isSidecar(container)) {
            return true;
        }
        if (EphemeralContainers.of(situation.pod()).contains(container)) {
            return false;
        }
        boolean init = situation.pod().getSpec().getInitContainers().contains(container);
        return switch (PodPhase.restartPolicy(situation.pod())) {
            case "Never" -> false;
            case "OnFailure" -> !latest.succeeded();
            default -> !init || !latest.succeeded();
        };
    }

    private static Instant due(ObservedContainer latest, ContainerNote note) {
        return latest.finishedAt().plus(RestartBackoff.before(latest, note));
    }

    private ContainerState state(Container container, ObservedContainer latest, ContainerNote note) {
        return switch (latest.state()) {
            case CREATED -> waiting(note.waiting().orElse(new ContainerNote.Waiting("ContainerCreating", "")));
            case RUNNING, UNKNOWN ->
                new ContainerStateBuilder()
                        .withNewRunning()
                        .withStartedAt(text(latest.startedAt()))
                        .endRunning()
                        .build();
            case EXITED ->
                isWaiting(container, latest)
                        ? waiting(note.waiting().orElseGet(() -> crashLoop(container, latest, note)))
                        : terminated(latest);
        };
    }

    private ContainerNote.Waiting crashLoop(Container container, ObservedContainer latest, ContainerNote note) {
        Duration wait = RestartBackoff.before(latest, note);
        PodRef pod = PodRef.of(situation.pod());
        return new ContainerNote.Waiting(
                "CrashLoopBackOff",
                "back-off %s restarting failed container=%s pod=%s_%s(%s)"
                        .formatted(goDuration(wait), container.getName(), pod.name(), pod.namespace(), pod.uid()));
    }

    /** As Go prints it: 10s, 1m20s, 5m0s. */
    static String goDuration(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
    }

    private static ContainerState waiting(ContainerNote.Waiting why) {
        var builder = new ContainerStateBuilder().withNewWaiting().withReason(why.reason());
        if (!why.message().isEmpty()) {
            builder.withMessage(why.message());
        }
        return builder.endWaiting().build();
    }

    static ContainerState terminated(ObservedContainer ended) {
        String usual = ended.exitCode() == 0 ? "Completed" : "Error";
        var builder = new ContainerStateBuilder()
                .withNewTerminated()
                .withExitCode(ended.exitCode())
                .withReason(ended.reason().isEmpty() ? usual : ended.reason())
                .withStartedAt(ended.startedAt().equals(Instant.EPOCH) ? null : text(ended.startedAt()))
                .withFinishedAt(text(ended.finishedAt()))
                .withContainerID("containerd://" + ended.id());
        if (!ended.message().isEmpty()) {
            builder.withMessage(ended.message());
        }
        return builder.endTerminated().build();
    }

    static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
