package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a pod is in its life, judged from its containers. Pure. */
enum PodPhase {
    PENDING("Pending"),
    RUNNING("Running"),
    SUCCEEDED("Succeeded"),
    FAILED("Failed");

    private final String text;

    PodPhase(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    boolean isFinal() {
        return this == SUCCEEDED || this == FAILED;
    }

    static boolean isSidecar(Container container) {
        return "Always".equals(container.getRestartPolicy());
    }

    static String restartPolicy(Pod pod) {
        return Optional.ofNullable(pod.getSpec().getRestartPolicy()).orElse("Always");
    }

    static List<Container> containersAndInits(Pod pod) {
        return Stream.concat(pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
                .toList();
    }

    /** Those of debuggers too, as if they were usual ones. */
    static List<Container> allContainers(Pod pod) {
        return Stream.concat(containersAndInits(pod).stream(), EphemeralContainers.of(pod).stream())
                .toList();
    }

    static PodPhase of(Pod pod, PodObservation observed) {
        String policy = restartPolicy(pod);
        boolean begun = pod.getSpec().getContainers().stream()
                .anyMatch(container -> observed.latest(container.getName()).isPresent());
        if (!begun) {
            return policy.equals("Never") && initFailed(pod, observed) ? FAILED : PENDING;
        }
        int running = 0;
        int waiting = 0;
        int ended = 0;
        int succeeded = 0;
        for (Container container : pod.getSpec().getContainers()) {
            Optional<ObservedContainer> latest = observed.latest(container.getName());
            if (latest.isEmpty() || latest.get().state() == ObservedContainer.State.CREATED) {
                waiting++;
            } else if (latest.get().isExited()) {
                ended++;
                succeeded += latest.get().succeeded() ? 1 : 0;
            } else {
                running++;
            }
        }
        if (waiting > 0) {
            return PENDING;
        }
        if (running > 0) {
            return RUNNING;
        }
        return switch (policy) {
            case "Always" -> RUNNING;
            case "Never" -> ended == succeeded ? SUCCEEDED : FAILED;
            default -> ended == succeeded ? SUCCEEDED : RUNNING;
        };
    }

    private static boolean initFailed(Pod pod, PodObservation observed) {
        return pod.getSpec().getInitContainers().stream()
                .filter(init -> !isSidecar(init))
                .anyMatch(init -> observed.latest(init.getName())
                        .filter(latest -> latest.isExited() && !latest.succeeded())
                        .isPresent());
    }
}
