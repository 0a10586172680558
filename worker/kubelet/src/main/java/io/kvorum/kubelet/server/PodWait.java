package io.kvorum.kubelet.server;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.stream.Stream;

/** Why a container has not started, in the words of its pod's status. Pure. */
final class PodWait {
    private PodWait() {}

    static String reason(List<Pod> pods, String namespace, String name, String container) {
        return pods.stream()
                .filter(pod -> pod.getMetadata().getName().equals(name)
                        && pod.getMetadata().getNamespace().equals(namespace)
                        && pod.getStatus() != null)
                .flatMap(pod -> Stream.of(
                                pod.getStatus().getInitContainerStatuses(),
                                pod.getStatus().getContainerStatuses(),
                                pod.getStatus().getEphemeralContainerStatuses())
                        .flatMap(List::stream))
                .filter(status ->
                        status.getName().equals(container) && status.getState().getWaiting() != null)
                .map(PodWait::words)
                .findFirst()
                .orElse("ContainerCreating");
    }

    private static String words(ContainerStatus status) {
        String reason = status.getState().getWaiting().getReason();
        return switch (reason) {
            case "ErrImagePull", "ImagePullBackOff" -> "trying and failing to pull image";
            case "InvalidImageName" -> "invalid image name";
            default -> reason;
        };
    }
}
