package io.kvorum.kubelet.server;

import io.kvorum.cri.CriClient;
import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerStatus;
import io.kvorum.cri.runtime.PodSandbox;
import io.kvorum.cri.runtime.PodSandboxState;
import io.kvorum.kubelet.pod.PodLabels;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds containers and sandboxes by the names callers use. Any thread; blocks shortly. */
final class ContainerDirectory {
    private final CriClient cri;

    ContainerDirectory(CriClient cri) {
        this.cri = cri;
    }

    /** All of that name, newest first. */
    List<Container> containers(String namespace, String pod, String container) {
        return cri
                .listContainers(Map.of(
                        PodLabels.POD_NAMESPACE, namespace,
                        PodLabels.POD_NAME, pod,
                        PodLabels.CONTAINER_NAME, container))
                .stream()
                .sorted(Comparator.comparingLong(Container::getCreatedAt).reversed())
                .toList();
    }

    Optional<PodSandbox> readySandbox(String namespace, String pod) {
        return cri.listPodSandboxes(Map.of(PodLabels.POD_NAMESPACE, namespace, PodLabels.POD_NAME, pod)).stream()
                .filter(sandbox -> sandbox.getState() == PodSandboxState.SANDBOX_READY)
                .max(Comparator.comparingLong(PodSandbox::getCreatedAt));
    }

    Optional<ContainerStatus> status(String containerId) {
        return cri.containerStatus(containerId);
    }
}
