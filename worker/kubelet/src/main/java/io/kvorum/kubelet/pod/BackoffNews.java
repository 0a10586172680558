package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.kvorum.kubelet.desired.PodRef;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells once of each end of a container that is followed by a wait. Only the thread of that pod's life. */
final class BackoffNews {
    private final PodEvents events;
    private final Map<String, String> told = new HashMap<>();

    BackoffNews(PodEvents events) {
        this.events = events;
    }

    void tell(Pod pod, PodStatus status) {
        Stream.concat(status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                .filter(BackoffNews::isLooping)
                .filter(each -> !each.getContainerID().equals(told.put(each.getName(), each.getContainerID())))
                .forEach(each -> events.warning(
                        pod,
                        Optional.of(each.getName()),
                        "BackOff",
                        "Back-off restarting failed container %s in pod %s_%s(%s)"
                                .formatted(
                                        each.getName(),
                                        PodRef.of(pod).name(),
                                        PodRef.of(pod).namespace(),
                                        PodRef.of(pod).uid())));
    }

    private static boolean isLooping(ContainerStatus status) {
        return status.getContainerID() != null
                && status.getState().getWaiting() != null
                && "CrashLoopBackOff".equals(status.getState().getWaiting().getReason());
    }
}
