package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.kvorum.cri.runtime.Mount;
import io.kvorum.cri.runtime.MountPropagation;
import io.kvorum.kubelet.desired.SetupFailed;
import io.kvorum.kubelet.desired.VariableExpansion;
import io.kvorum.kubelet.volume.PodVolumes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Works out what is mounted into a container: volumes, /etc/hosts, the termination message file. One pod's thread. */
final class ContainerMounts {
    private final PodVolumes volumes;
    private final Path podFolder;

    ContainerMounts(PodVolumes volumes, Path podFolder) {
        this.volumes = volumes;
        this.podFolder = podFolder;
    }

    List<Mount> of(
            Pod pod,
            Container container,
            int attempt,
            SortedMap<String, Path> places,
            Map<String, String> environment) {
        List<Mount> mounts = new ArrayList<>();
        List<VolumeMount> wanted =
                Optional.ofNullable(container.getVolumeMounts()).orElse(List.of());
        for (VolumeMount mount : wanted) {
            Path place = Optional.ofNullable(places.get(mount.getName()))
                    .orElseThrow(() -> new SetupFailed(
                            "CreateContainerConfigError",
                            "cannot find volume \"%s\" to mount into container \"%s\""
                                    .formatted(mount.getName(), container.getName())));
            mounts.add(Mount.newBuilder()
                    .setContainerPath(mount.getMountPath())
                    .setHostPath(volumes.within(place, mount, subPath(mount, environment))
                            .toString())
                    .setReadonly(Boolean.TRUE.equals(mount.getReadOnly()))
                    .setPropagation(propagation(mount))
                    .build());
        }
        if (wanted.stream().noneMatch(mount -> mount.getMountPath().equals("/etc/hosts"))) {
            mounts.add(file("/etc/hosts", podFolder.resolve("etc-hosts")));
        }
        mounts.add(file(new ContainerSpec(pod, container).messagePath(), messageFile(container, attempt)));
        return mounts;
    }

    private static Mount file(String inside, Path outside) {
        return Mount.newBuilder()
                .setContainerPath(inside)
                .setHostPath(outside.toString())
                .build();
    }

    private static String subPath(VolumeMount mount, Map<String, String> environment) {
        if (mount.getSubPathExpr() != null && !mount.getSubPathExpr().isEmpty()) {
            return VariableExpansion.expand(mount.getSubPathExpr(), environment);
        }
        return Optional.ofNullable(mount.getSubPath()).orElse("");
    }

    private static MountPropagation propagation(VolumeMount mount) {
        return switch (Optional.ofNullable(mount.getMountPropagation()).orElse("None")) {
            case "HostToContainer" -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
            case "Bidirectional" -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
            default -> MountPropagation.PROPAGATION_PRIVATE;
        };
    }

    /** Everybody may write it, because the container runs as anybody. */
    private Path messageFile(Container container, int attempt) {
        Path file = podFolder.resolve("containers").resolve(container.getName()).resolve(attempt + ".message");
        try {
            Files.createDirectories(file.getParent());
            if (!Files.exists(file)) {
                Files.createFile(file);
            }
            Files.setAttribute(file, "unix:mode", 0666);
            return file;
        } catch (IOException failure) {
            throw new SetupFailed("CreateContainerConfigError", "termination message file: " + failure);
        }
    }
}
