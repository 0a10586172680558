package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Containers added to a running pod to look into it: started once, never again, and without a say in its phase. Pure. */
final class EphemeralContainers {
    private EphemeralContainers() {}

    static List<Container> of(Pod pod) {
        return definitions(pod).stream().map(EphemeralContainers::usual).toList();
    }

    private static List<EphemeralContainer> definitions(Pod pod) {
        return Optional.ofNullable(pod.getSpec().getEphemeralContainers()).orElse(List.of());
    }

    /** The name of the container whose processes it sees. */
    static Optional<String> targetOf(Pod pod, String name) {
        return definitions(pod).stream()
                .filter(each -> each.getName().equals(name))
                .map(EphemeralContainer::getTargetContainerName)
                .filter(Objects::nonNull)
                .filter(target -> !target.isEmpty())
                .findFirst();
    }

    private static Container usual(EphemeralContainer from) {
        return new ContainerBuilder()
                .withName(from.getName())
                .withImage(from.getImage())
                .withImagePullPolicy(from.getImagePullPolicy())
                .withCommand(from.getCommand())
                .withArgs(from.getArgs())
                .withWorkingDir(from.getWorkingDir())
                .withEnv(from.getEnv())
                .withEnvFrom(from.getEnvFrom())
                .withVolumeMounts(from.getVolumeMounts())
                .withSecurityContext(from.getSecurityContext())
                .withStdin(from.getStdin())
                .withStdinOnce(from.getStdinOnce())
                .withTty(from.getTty())
                .withTerminationMessagePath(from.getTerminationMessagePath())
                .withTerminationMessagePolicy(from.getTerminationMessagePolicy())
                .build();
    }
}
