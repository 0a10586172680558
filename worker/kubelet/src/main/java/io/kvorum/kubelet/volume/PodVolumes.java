package io.kvorum.kubelet.volume;

import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.kvorum.kubelet.NodePaths;
import io.kvorum.kubelet.desired.ClusterObjects;
import io.kvorum.kubelet.desired.PodFields;
import io.kvorum.kubelet.desired.SetupFailed;
import io.kvorum.kubelet.linux.Mounts;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The volumes of the pods on this node, below {@code /var/lib/kubelet/pods/UID/volumes}. Any thread, but one pod on one
 * thread at a time; what cannot be set up now is a {@link SetupFailed}.
 */
public final class PodVolumes {
    private static final String REASON = "FailedMount";

    private final NodePaths paths;
    private final ProjectedFiles projected;
    private final ClusterObjects objects;
    private final Mounts mounts;
    private final InstantSource clock;

    public PodVolumes(NodePaths paths, ClusterObjects objects, Mounts mounts, InstantSource clock) {
        this.paths = paths;
        this.projected = new ProjectedFiles(objects, clock);
        this.objects = objects;
        this.mounts = mounts;
        this.clock = clock;
    }

    /** Sets up every volume, or brings it up to date, and says where each is. */
    public SortedMap<String, Path> prepare(PodFields fields) {
        SortedMap<String, Path> places = new TreeMap<>();
        for (Volume volume : fields.pod().getSpec().getVolumes()) {
            try {
                places.put(volume.getName(), prepareOne(volume, fields));
            } catch (SetupFailed failure) {
                throw new SetupFailed(
                        failure.reason(),
                        "MountVolume.SetUp failed for volume \"%s\" : %s"
                                .formatted(volume.getName(), failure.message()));
            } catch (IOException failure) {
                throw new SetupFailed(
                        REASON, "MountVolume.SetUp failed for volume \"%s\" : %s".formatted(volume.getName(), failure));
            }
        }
        return places;
    }

    private Path prepareOne(Volume volume, PodFields fields) throws IOException {
        Pod pod = fields.pod();
        Optional<Long> group = Optional.ofNullable(pod.getSpec().getSecurityContext())
                .flatMap(context -> Optional.ofNullable(context.getFsGroup()));
        if (ProjectedFiles.isProjected(volume)) {
            Path place = place(pod, volume);
            new AtomicFolder(place, group).write(projected.of(volume, fields), clock.instant());
            return place;
        }
        if (volume.getEmptyDir() != null) {
            return emptyDir(volume.getEmptyDir(), place(pod, volume), group);
        }
        if (volume.getHostPath() != null) {
            return HostPaths.of(volume.getHostPath());
        }
        if (volume.getPersistentVolumeClaim() != null) {
            String claim = volume.getPersistentVolumeClaim().getClaimName();
            return claimed(pod, claim, group);
        }
        if (volume.getEphemeral() != null) {
            return claimed(pod, pod.getMetadata().getName() + "-" + volume.getName(), group);
        }
        throw new SetupFailed(REASON, "this kind of volume is not supported on this node");
    }

    private Path claimed(Pod pod, String claim, Optional<Long> group) throws IOException {
        Path place = objects.claim(pod.getMetadata().getNamespace(), claim)
                .orElseThrow(() -> new SetupFailed(
                        REASON,
                        "persistentvolumeclaim \"" + claim + "\" is not bound to a volume this node can mount"));
        if (!Files.exists(place)) {
            Files.createDirectories(place);
        }
        if (group.isPresent()) {
            handOver(place, group.get());
        }
        return place;
    }

    private Path emptyDir(EmptyDirVolumeSource source, Path place, Optional<Long> group) throws IOException {
        boolean fresh = !Files.exists(place);
        Files.createDirectories(place);
        if ("Memory".equals(source.getMedium()) && !mounts.isMounted(place)) {
            long size = source.getSizeLimit() == null
                    ? 0
                    : Optional.ofNullable(source.getSizeLimit().getNumericalAmount())
                            .orElse(BigDecimal.ZERO)
                            .longValue();
            mounts.mountTmpfs(place, size);
            fresh = true;
        }
        if (fresh) {
            Files.setAttribute(place, "unix:mode", 0777);
            if (group.isPresent()) {
                handOver(place, group.get());
            }
        }
        return place;
    }

    /** Gives a volume to the pod's group: group-writable, and what is made in a folder belongs to the group too. */
    private static void handOver(Path place, long group) throws IOException {
        if ((int) Files.getAttribute(place, "unix:gid") == (int) group) {
            return;
        }
        Files.walkFileTree(place, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                give(file, 0660);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path folder, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                give(folder, 02770);
                return FileVisitResult.CONTINUE;
            }

            private void give(Path path, int bits) throws IOException {
                if (!Files.isSymbolicLink(path)) {
                    Files.setAttribute(path, "unix:gid", (int) group);
                    int mode = (int) Files.getAttribute(path, "unix:mode") & 07777;
                    Files.setAttribute(path, "unix:mode", mode | bits);
                }
            }
        });
    }

    private Path place(Pod pod, Volume volume) {
        String kind = volume.getConfigMap() != null
                ? "configmap"
                : volume.getSecret() != null
                        ? "secret"
                        : volume.getDownwardAPI() != null
                                ? "downward-api"
                                : volume.getProjected() != null ? "projected" : "empty-dir";
        return paths.pod(pod.getMetadata().getUid())
                .resolve("volumes")
                .resolve("kubernetes.io~" + kind)
                .resolve(volume.getName());
    }

    /**
     * The part of a volume that a container mounts. A link inside the volume must not lead out of it, for whoever writes
     * the volume would then choose what of the machine is mounted.
     */
    public Path within(Path volume, VolumeMount mount, String subPath) {
        if (subPath.isEmpty()) {
            return volume;
        }
        try {
            Path root = volume.toRealPath();
            Path wanted = root.resolve(subPath).normalize();
            if (!wanted.startsWith(root) || subPath.startsWith("/")) {
                throw new SetupFailed("CreateContainerConfigError", "subPath " + subPath + " leads out of its volume");
            }
            Path existing = root;
            for (Path name : root.relativize(wanted)) {
                if (!Files.exists(existing.resolve(name))) {
                    break;
                }
                existing = existing.resolve(name);
            }
            if (!existing.toRealPath().startsWith(root)) {
                throw new SetupFailed("CreateContainerConfigError", "subPath " + subPath + " leads out of its volume");
            }
            if (!Files.exists(wanted)) {
                Files.createDirectories(wanted);
            }
            return wanted.toRealPath();
        } catch (IOException failure) {
            throw new SetupFailed(
                    "CreateContainerConfigError",
                    "failed to prepare subPath for volumeMount \"%s\": %s".formatted(mount.getName(), failure));
        }
    }

    /** Unmounts and deletes all that was made for a pod; safe to repeat. */
    public void tearDown(String podUid) throws IOException {
        Path folder = paths.pod(podUid);
        Path empties = folder.resolve("volumes").resolve("kubernetes.io~empty-dir");
        if (Files.isDirectory(empties)) {
            try (Stream<Path> each = Files.list(empties)) {
                for (Path place : each.toList()) {
                    if (mounts.isMounted(place)) {
                        mounts.unmount(place);
                    }
                }
            }
        }
        AtomicFolder.deleteTree(folder);
        projected.forget(podUid);
    }

    /** The pods that have a folder here. */
    public List<String> podUids() {
        try (Stream<Path> folders = Files.list(paths.pods())) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException none) {
            return List.of();
        }
    }
}
