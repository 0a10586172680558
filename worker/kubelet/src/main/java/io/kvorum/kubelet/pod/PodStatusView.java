package io.kvorum.kubelet.pod;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HostIP;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.kvorum.kubelet.desired.QosClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A pod's status from what is wanted, what is there and what was said before. Pure. */
final class PodStatusView {
    private static final List<String> OWN_CONDITIONS =
            List.of("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled");

    private final PodPlan.Situation situation;
    private final Pod pod;
    private final String nodeAddress;
    private final Optional<Ending> ending;

    /** Why a pod was ended by the node itself, such as {@code DeadlineExceeded}. */
    record Ending(String reason, String message) {}

    PodStatusView(PodPlan.Situation situation, String nodeAddress, Optional<Ending> ending) {
        this.situation = situation;
        this.pod = situation.pod();
        this.nodeAddress = nodeAddress;
        this.ending = ending;
    }

    PodStatus compute() {
        PodStatus before = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
        boolean initialized = unfinishedInits().isEmpty();
        List<ContainerStatus> inits =
                views(pod.getSpec().getInitContainers(), true, initialized, before.getInitContainerStatuses());
        List<ContainerStatus> mains =
                views(pod.getSpec().getContainers(), false, initialized, before.getContainerStatuses());
        PodPhase phase = phase(mains);
        PodStatusBuilder status = new PodStatusBuilder()
                .withObservedGeneration(pod.getMetadata().getGeneration())
                .withPhase(phase.text())
                .withStartTime(requireNonNullElse(before.getStartTime(), ContainerStatusView.text(situation.now())))
                .withHostIP(nodeAddress)
                .withHostIPs(new HostIP(nodeAddress))
                .withQosClass(requireNonNullElse(
                        before.getQosClass(), QosClass.of(pod).text()))
                .withInitContainerStatuses(inits)
                .withContainerStatuses(mains)
                .withEphemeralContainerStatuses(
                        views(EphemeralContainers.of(pod), false, initialized, before.getEphemeralContainerStatuses()))
                .withConditions(conditions(before, phase, inits, mains));
        addresses(before, phase).forEach(address -> status.addToPodIPs(new PodIP(address)));
        if (!status.buildPodIPs().isEmpty()) {
            status.withPodIP(status.buildPodIPs().getFirst().getIp());
        }
        ending.ifPresent(why -> status.withReason(why.reason()).withMessage(why.message()));
        return status.build();
    }

    private List<ContainerStatus> views(
            List<Container> containers, boolean init, boolean initialized, @Nullable List<ContainerStatus> before) {
        ContainerStatusView view = new ContainerStatusView(situation, initialized, before == null ? List.of() : before);
        return containers.stream()
                .map(container -> view.of(container, init))
                .sorted(java.util.Comparator.comparing(ContainerStatus::getName))
                .toList();
    }

    private PodPhase phase(List<ContainerStatus> mains) {
        if (ending.isPresent()) {
            return PodPhase.FAILED;
        }
        boolean concluded = !(situation.intent() instanceof Intent.Run)
                && situation.observed().of(firstContainer()).isEmpty();
        if (concluded
                && !mains.isEmpty()
                && mains.stream().allMatch(status -> status.getState().getTerminated() != null)) {
            return mains.stream()
                            .allMatch(
                                    status -> status.getState().getTerminated().getExitCode() == 0)
                    ? PodPhase.SUCCEEDED
                    : PodPhase.FAILED;
        }
        return PodPhase.of(pod, situation.observed());
    }

    private String firstContainer() {
        return pod.getSpec().getContainers().getFirst().getName();
    }

    private List<String> addresses(PodStatus before, PodPhase phase) {
        if (Boolean.TRUE.equals(pod.getSpec().getHostNetwork())) {
            return situation.observed().sandboxes().isEmpty() ? List.of() : List.of(nodeAddress);
        }
        List<String> current = situation.observed().currentSandbox().stream()
                .flatMap(sandbox -> sandbox.addresses().stream())
                .toList();
        boolean over = phase.isFinal() || !(situation.intent() instanceof Intent.Run);
        if (current.isEmpty() && over && before.getPodIPs() != null) {
            return before.getPodIPs().stream().map(PodIP::getIp).toList();
        }
        return current;
    }

    /** The init containers that keep the main ones from running. */
    private List<String> unfinishedInits() {
        boolean begun = pod.getSpec().getContainers().stream()
                .anyMatch(container ->
                        situation.observed().latest(container.getName()).isPresent());
        return pod.getSpec().getInitContainers().stream()
                .filter(init -> {
                    Optional<ObservedContainer> latest = situation.observed().latest(init.getName());
                    if (PodPhase.isSidecar(init)) {
                        return !begun
                                && latest.filter(situation.note(init.getName())::isStarted)
                                        .isEmpty();
                    }
                    return !begun && latest.filter(ObservedContainer::succeeded).isEmpty();
                })
                .map(Container::getName)
                .toList();
    }

    private List<PodCondition> conditions(
            PodStatus before, PodPhase phase, List<ContainerStatus> inits, List<ContainerStatus> mains) {
        List<PodCondition> conditions = new ArrayList<>();
        boolean sandboxReady = situation.observed().currentSandbox().isPresent();
        conditions.add(condition("PodReadyToStartContainers", sandboxReady, "", ""));
        List<String> waitingInits = unfinishedInits();
        String incomplete = "containers with incomplete status: " + bracketed(waitingInits);
        conditions.add(
                phase == PodPhase.SUCCEEDED
                        ? condition("Initialized", true, "PodCompleted", "")
                        : condition("Initialized", waitingInits.isEmpty(), "ContainersNotInitialized", incomplete));
        PodCondition containersReady = containersReady(phase, inits, mains);
        conditions.add(ready(before, containersReady));
        conditions.add(containersReady);
        conditions.add(condition("PodScheduled", true, "", ""));
        List<PodCondition> known = before.getConditions() == null ? List.of() : before.getConditions();
        conditions.replaceAll(condition -> keepTransition(condition, known));
        known.stream()
                .filter(condition -> !OWN_CONDITIONS.contains(condition.getType()))
                .forEach(conditions::add);
        return conditions;
    }

    private PodCondition containersReady(PodPhase phase, List<ContainerStatus> inits, List<ContainerStatus> mains) {
        if (phase == PodPhase.SUCCEEDED) {
            return condition("ContainersReady", false, "PodCompleted", "");
        }
        if (phase == PodPhase.FAILED) {
            return condition("ContainersReady", false, "PodFailed", "");
        }
        List<String> sidecars = pod.getSpec().getInitContainers().stream()
                .filter(PodPhase::isSidecar)
                .map(Container::getName)
                .toList();
        List<String> unready = Stream.concat(
                        inits.stream().filter(status -> sidecars.contains(status.getName())), mains.stream())
                .filter(status -> !status.getReady())
                .map(ContainerStatus::getName)
                .toList();
        return condition(
                "ContainersReady",
                unready.isEmpty(),
                "ContainersNotReady",
                "containers with unready status: " + bracketed(unready));
    }

    private PodCondition ready(PodStatus before, PodCondition containersReady) {
        PodConditionBuilder ready = new PodConditionBuilder(containersReady).withType("Ready");
        if (containersReady.getStatus().equals("True") && pod.getSpec().getReadinessGates() != null) {
            List<String> missing = pod.getSpec().getReadinessGates().stream()
                    .map(gate -> gate.getConditionType())
                    .filter(type -> before.getConditions() == null
                            || before.getConditions().stream()
                                    .noneMatch(condition -> condition.getType().equals(type)
                                            && condition.getStatus().equals("True")))
                    .toList();
            if (!missing.isEmpty()) {
                ready.withStatus("False")
                        .withReason("ReadinessGatesNotReady")
                        .withMessage("corresponding condition of pod readiness gate \"%s\" does not exist."
                                .formatted(missing.getFirst()));
            }
        }
        return ready.build();
    }

    /** Reason and message are those of a condition that does not hold, or of one that holds for a special reason. */
    private PodCondition condition(String type, boolean holds, String reason, String message) {
        PodConditionBuilder condition = new PodConditionBuilder()
                .withType(type)
                .withStatus(holds ? "True" : "False")
                .withObservedGeneration(pod.getMetadata().getGeneration())
                .withLastTransitionTime(ContainerStatusView.text(situation.now()));
        boolean special = reason.equals("PodCompleted");
        if (!reason.isEmpty() && (!holds || special)) {
            condition.withReason(reason);
            if (!message.isEmpty()) {
                condition.withMessage(message);
            }
        }
        return condition.build();
    }

    private static PodCondition keepTransition(PodCondition condition, List<PodCondition> known) {
        return known.stream()
                .filter(old -> old.getType().equals(condition.getType())
                        && condition.getStatus().equals(old.getStatus())
                        && old.getLastTransitionTime() != null)
                .findFirst()
                .map(old -> new PodConditionBuilder(condition)
                        .withLastTransitionTime(old.getLastTransitionTime())
                        .build())
                .orElse(condition);
    }

    private static String bracketed(List<String> names) {
        return "[" + String.join(" ", names) + "]";
    }
}
