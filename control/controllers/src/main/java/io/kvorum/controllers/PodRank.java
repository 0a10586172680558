package io.kvorum.controllers;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.PodState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which pods to give up first: those that serve least. Pure functions. */
public final class PodRank {
    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";

    private PodRank() {}

    /** The first to go in front; {@code related} are the pods whose crowding on a node counts. */
    public static List<Pod> leastWantedFirst(List<Pod> pods, List<Pod> related) {
        Map<String, Integer> crowd = new HashMap<>();
        related.stream()
                .filter(PodState::isActive)
                .filter(PodState::isScheduled)
                .forEach(pod -> crowd.merge(pod.getSpec().getNodeName(), 1, Integer::sum));
        List<Pod> sorted = new ArrayList<>(pods);
        sorted.sort(Comparator.comparing(PodState::isScheduled)
                .thenComparingInt(PodRank::phaseRank)
                .thenComparing(PodState::isReady)
                .thenComparingInt(PodRank::cost)
                .thenComparingInt(pod -> -crowd.getOrDefault(pod.getSpec().getNodeName(), 0))
                .thenComparing(pod -> PodState.readySince(pod).orElse(Instant.MAX), Comparator.reverseOrder())
                .thenComparingInt(pod -> -restarts(pod))
                .thenComparing(pod -> Values.time(pod.getMetadata().getCreationTimestamp()), Comparator.reverseOrder())
                .thenComparing(pod -> pod.getMetadata().getName()));
        return sorted;
    }

    private static int phaseRank(Pod pod) {
        return switch (PodState.phase(pod)) {
            case "Pending", "" -> 0;
            case "Unknown" -> 1;
            default -> 2;
        };
    }

    private static int cost(Pod pod) {
        String text = Values.or(pod.getMetadata().getAnnotations()).getOrDefault(COST, "0");
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0; // the API refuses such text; an old object may still hold it
        }
    }

    private static int restarts(Pod pod) {
        return pod.getStatus() == null
                ? 0
                : pod.getStatus().getContainerStatuses().stream()
                        .map(ContainerStatus::getRestartCount)
                        .mapToInt(count -> Values.or(count, 0))
                        .max()
                        .orElse(0);
    }
}
