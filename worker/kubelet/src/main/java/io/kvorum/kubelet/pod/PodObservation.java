package io.kvorum.kubelet.pod;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All that the runtime has of one pod, newest first. */
record PodObservation(List<ObservedSandbox> sandboxes, List<ObservedContainer> containers) {
    static final PodObservation NOTHING = new PodObservation(List.of(), List.of());

    PodObservation {
        sandboxes = sandboxes.stream()
                .sorted(Comparator.comparingInt(ObservedSandbox::attempt).reversed())
                .toList();
        containers = containers.stream()
                .sorted(Comparator.comparingInt(ObservedContainer::attempt)
                        .thenComparing(ObservedContainer::createdAt)
                        .reversed())
                .toList();
    }

    /** The sandbox that containers are started in; none if the newest is not ready. */
    Optional<ObservedSandbox> currentSandbox() {
        return sandboxes.stream().findFirst().filter(ObservedSandbox::ready);
    }

    List<ObservedContainer> of(String name) {
        return containers.stream()
                .filter(container -> container.name().equals(name))
                .toList();
    }

    Optional<ObservedContainer> latest(String name) {
        return containers.stream()
                .filter(container -> container.name().equals(name))
                .findFirst();
    }

    /** The newest container of that name in that sandbox. */
    Optional<ObservedContainer> latestIn(String sandboxId, String name) {
        return containers.stream()
                .filter(container ->
                        container.name().equals(name) && container.sandboxId().equals(sandboxId))
                .findFirst();
    }

    boolean isNothing() {
        return sandboxes.isEmpty() && containers.isEmpty();
    }
}
