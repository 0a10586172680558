package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to do next for a pod, from what is wanted and what is there. Pure: the same situation gives the same plan, and a
 * plan carried out twice does no harm. {@code wakeAt} is when time alone will change the plan.
 */
record PodPlan(List<Action> actions, Optional<Instant> wakeAt) {
    private static final Duration SHORTEST_GRACE = Duration.ofSeconds(2);

    PodPlan {
        actions = List.copyOf(actions);
    }

    /** Everything a plan depends on; {@code notes} are by container name. */
    record Situation(Pod pod, PodObservation observed, Map<String, ContainerNote> notes, Intent intent, Instant now) {
        ContainerNote note(String name) {
            return notes.getOrDefault(name, ContainerNote.EMPTY);
        }
    }

    static PodPlan of(Situation situation) {
        Planning planning = new Planning(situation);
        switch (situation.intent()) {
            case Intent.Run _ -> planning.run();
            case Intent.Finish finish -> planning.end(finish.grace(), finish.since());
            case Intent.Delete delete -> {
                if (planning.end(delete.grace(), delete.since())) {
                    planning.vanish();
                }
            }
        }
        return new PodPlan(planning.actions, planning.wakeAt);
    }

    /** The note of a pod-wide wait, such as one for volumes or the network. */
    static final String WHOLE_POD = "";

    private static final class Planning {
        private final Situation situation;
        private final Pod pod;
        private final PodObservation observed;
        private final List<Action> actions = new ArrayList<>();
        private Optional<Instant> wakeAt = Optional.empty();

        Planning(Situation situation) {
            this.situation = situation;
            this.pod = situation.pod();
            this.observed = situation.observed();
        }

        void run() {
            if (PodPhase.of(pod, observed).isFinal()) {
                end(graceOf(pod), situation.now());
                return;
            }
            Optional<ObservedSandbox> sandbox = observed.currentSandbox();
            if (sandbox.isEmpty()) {
                runInNewSandbox();
                return;
            }
            startEphemerals(sandbox.get().id());
            if (runInits(sandbox.get().id())) {
                runMains(sandbox.get().id());
            }
            sweep();
        }

        private void startEphemerals(String sandboxId) {
            for (Container container : EphemeralContainers.of(pod)) {
                if (observed.latest(container.getName()).isEmpty()) {
                    start(container, 0, sandboxId, Duration.ZERO);
                }
            }
        }

        /** A container whose postStart hook goes on holds back those after it, as people rely on. */
        private void runMains(String sandboxId) {
            for (Container container : pod.getSpec().getContainers()) {
                Optional<ObservedContainer> latest = observed.latestIn(sandboxId, container.getName());
                keep(container, latest, sandboxId);
                boolean hasHook = container.getLifecycle() != null
                        && container.getLifecycle().getPostStart() != null;
                boolean beginning = latest.isEmpty()
                        || latest.filter(situation.note(container.getName())::isBeginning)
                                .isPresent();
                if (hasHook && beginning) {
                    return;
                }
            }
        }

        private void runInNewSandbox() {
            observed.containers().stream()
                    .filter(ObservedContainer::mayRun)
                    .forEach(orphan ->
                            stop(orphan, SHORTEST_GRACE, "Pod sandbox changed, it will be killed and re-created."));
            Instant notBefore = situation.note(WHOLE_POD).notBefore();
            if (notBefore.isAfter(situation.now())) {
                wake(notBefore);
            } else {
                int attempt = observed.sandboxes().isEmpty()
                        ? 0
                        : observed.sandboxes().getFirst().attempt() + 1;
                actions.add(new Action.CreateSandbox(attempt));
            }
        }

        /** Whether the main containers may run. */
        private boolean runInits(String sandboxId) {
            boolean begun = pod.getSpec().getContainers().stream()
                    .anyMatch(container ->
                            observed.latestIn(sandboxId, container.getName()).isPresent());
            for (Container init : pod.getSpec().getInitContainers()) {
                Optional<ObservedContainer> latest = observed.latestIn(sandboxId, init.getName());
                if (PodPhase.isSidecar(init)) {
                    keep(init, latest, sandboxId);
                    boolean started = latest.filter(situation.note(init.getName())::isStarted)
                            .isPresent();
                    if (!begun && !started) {
                        return false;
                    }
                } else if (!begun && latest.filter(ObservedContainer::succeeded).isEmpty()) {
                    keep(init, latest, sandboxId);
                    return false;
                }
            }
            return true;
        }

        /** Brings one container to where its policy wants it. */
        private void keep(Container container, Optional<ObservedContainer> inSandbox, String sandboxId) {
            if (inSandbox.isEmpty()) {
                int attempt = observed.latest(container.getName())
                        .map(previous -> previous.attempt() + 1)
                        .orElse(0);
                start(container, attempt, sandboxId, Duration.ZERO);
                return;
            }
            ObservedContainer there = inSandbox.get();
            switch (there.state()) {
                case CREATED -> {
                    actions.add(new Action.RemoveContainer(there));
                    start(container, there.attempt(), sandboxId, Duration.ZERO);
                }
                case RUNNING -> restartIfUnfit(container, there);
                case UNKNOWN ->
                    stop(there, SHORTEST_GRACE, "Container " + container.getName() + " is in an unknown state.");
                case EXITED -> {
                    if (restarts(container, there)) {
                        restart(container, there, sandboxId);
                    }
                }
            }
        }

        private void restartIfUnfit(Container container, ObservedContainer there) {
            Optional<ContainerNote.Failure> failure =
                    situation.note(container.getName()).failureOf(there);
            if (!there.definition().equals(ContainerDefinition.of(container))) {
                stop(
                        there,
                        graceOf(pod),
                        "Container %s definition changed, will be restarted".formatted(container.getName()));
            } else if (failure.isPresent()) {
                stop(
                        there,
                        failure.get().grace().orElse(graceOf(pod)),
                        failure.get().message());
            }
        }

        private boolean restarts(Container container, ObservedContainer ended) {
            if (PodPhase.isSidecar(container)) {
                return true;
            }
            boolean init = pod.getSpec().getInitContainers().contains(container);
            return switch (PodPhase.restartPolicy(pod)) {
                case "Never" -> false;
                case "OnFailure" -> !ended.succeeded();
                default -> !init || !ended.succeeded();
            };
        }

        private void restart(Container container, ObservedContainer ended, String sandboxId) {
            Duration wait = RestartBackoff.before(ended, situation.note(container.getName()));
            Instant due = ended.finishedAt().plus(wait);
            if (due.isAfter(situation.now())) {
                wake(due);
            } else {
                start(container, ended.attempt() + 1, sandboxId, RestartBackoff.after(wait));
            }
        }

        private void start(Container container, int attempt, String sandboxId, Duration nextBackoff) {
            Instant notBefore = situation.note(container.getName()).notBefore();
            if (notBefore.isAfter(situation.now())) {
                wake(notBefore);
            } else {
                actions.add(new Action.StartContainer(container.getName(), attempt, sandboxId, nextBackoff));
            }
        }

        private void stop(ObservedContainer container, Duration grace, String why) {
            Instant until = situation.now().plus(grace);
            if (!situation.note(container.name()).isStopping(container, until)) {
                actions.add(new Action.StopContainer(container, grace, why));
            }
        }

        /** One ended container per name is kept for its log and state, besides the newest; so are their sandboxes. */
        private void sweep() {
            for (Container container : PodPhase.containersAndInits(pod)) {
                observed.of(container.getName()).stream()
                        .skip(2)
                        .filter(ObservedContainer::isExited)
                        .forEach(old -> actions.add(new Action.RemoveContainer(old)));
            }
            observed.sandboxes().stream()
                    .skip(1)
                    .filter(old -> !old.ready())
                    .filter(old -> observed.containers().stream()
                            .noneMatch(container -> container.sandboxId().equals(old.id())))
                    .forEach(old -> actions.add(new Action.RemoveSandbox(old.id())));
        }

        /** Stops the main containers, then the sidecars from last to first, then the sandbox; true when nothing runs. */
        boolean end(Duration grace, Instant since) {
            List<Container> sidecars = pod.getSpec().getInitContainers().stream()
                    .filter(PodPhase::isSidecar)
                    .toList();
            List<ObservedContainer> running = observed.containers().stream()
                    .filter(ObservedContainer::mayRun)
                    .toList();
            List<ObservedContainer> mains = running.stream()
                    .filter(container -> sidecars.stream()
                            .noneMatch(sidecar -> sidecar.getName().equals(container.name())))
                    .toList();
            Duration left = grace.minus(Duration.between(since, situation.now()));
            Duration enough = left.compareTo(SHORTEST_GRACE) < 0 ? SHORTEST_GRACE : left;
            if (!mains.isEmpty()) {
                mains.forEach(container -> stop(container, enough, "Stopping container " + container.name()));
                return false;
            }
            if (!running.isEmpty()) {
                sidecars.reversed().stream()
                        .flatMap(sidecar -> running.stream()
                                .filter(container -> container.name().equals(sidecar.getName())))
                        .findFirst()
                        .ifPresent(container -> stop(container, enough, "Stopping container " + container.name()));
                return false;
            }
            observed.sandboxes().stream()
                    .filter(ObservedSandbox::ready)
                    .forEach(sandbox -> actions.add(new Action.StopSandbox(sandbox.id())));
            return true;
        }

        void vanish() {
            observed.sandboxes().forEach(sandbox -> actions.add(new Action.RemoveSandbox(sandbox.id())));
            observed.containers().stream()
                    .filter(container -> observed.sandboxes().stream()
                            .noneMatch(sandbox -> sandbox.id().equals(container.sandboxId())))
                    .forEach(container -> actions.add(new Action.RemoveContainer(container)));
            actions.add(new Action.TearDown());
            actions.add(new Action.Conclude());
        }

        private void wake(Instant at) {
            wakeAt = wakeAt.filter(earlier -> earlier.isBefore(at)).or(() -> Optional.of(at));
        }
    }

    static Duration graceOf(Pod pod) {
        return Duration.ofSeconds(Optional.ofNullable(pod.getSpec().getTerminationGracePeriodSeconds())
                .orElse(30L));
    }
}
