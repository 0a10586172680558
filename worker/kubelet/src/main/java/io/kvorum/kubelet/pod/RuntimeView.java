package io.kvorum.kubelet.pod;

import io.kvorum.cri.CriClient;
import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerStatus;
import io.kvorum.cri.runtime.Mount;
import io.kvorum.cri.runtime.PodSandbox;
import io.kvorum.cri.runtime.PodSandboxState;
import io.kvorum.cri.runtime.PodSandboxStatus;
import io.kvorum.kubelet.desired.PodRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Reads from the runtime what it has of a pod, by the labels that every sandbox and container carries. Any thread. */
final class RuntimeView {
    private static final int LONGEST_MESSAGE_BYTES = 4096;
    private static final int LONGEST_LOG_EXTRACT_BYTES = 2048;

    private final CriClient cri;
    /** What ended does not change any more; dropped with its container. */
    private final Map<String, ObservedContainer> ended = new ConcurrentHashMap<>();

    RuntimeView(CriClient cri) {
        this.cri = cri;
    }

    PodObservation observe(String podUid) {
        Map<String, String> ofPod = Map.of(PodLabels.POD_UID, podUid);
        List<ObservedSandbox> sandboxes = new ArrayList<>();
        for (PodSandbox sandbox : cri.listPodSandboxes(ofPod)) {
            sandboxes.add(new ObservedSandbox(
                    sandbox.getId(),
                    sandbox.getMetadata().getAttempt(),
                    sandbox.getState() == PodSandboxState.SANDBOX_READY,
                    sandbox.getState() == PodSandboxState.SANDBOX_READY ? addresses(sandbox.getId()) : List.of()));
        }
        List<ObservedContainer> containers = new ArrayList<>();
        for (Container container : cri.listContainers(ofPod)) {
            observe(container).ifPresent(containers::add);
        }
        return new PodObservation(sandboxes, containers);
    }

    private List<String> addresses(String sandboxId) {
        List<String> addresses = new ArrayList<>();
        cri.podSandboxStatus(sandboxId).map(PodSandboxStatus::getNetwork).ifPresent(network -> {
            if (!network.getIp().isEmpty()) {
                addresses.add(network.getIp());
            }
            network.getAdditionalIpsList().forEach(more -> addresses.add(more.getIp()));
        });
        return addresses;
    }

    private Optional<ObservedContainer> observe(Container container) {
        ObservedContainer known = ended.get(container.getId());
        if (known != null) {
            return Optional.of(known);
        }
        Optional<ObservedContainer> observed =
                cri.containerStatus(container.getId()).map(status -> of(container.getPodSandboxId(), status));
        observed.filter(ObservedContainer::isExited).ifPresent(over -> ended.put(over.id(), over));
        return observed;
    }

    private static ObservedContainer of(String sandboxId, ContainerStatus status) {
        ObservedContainer.State state = switch (status.getState()) {
            case CONTAINER_CREATED -> ObservedContainer.State.CREATED;
            case CONTAINER_RUNNING -> ObservedContainer.State.RUNNING;
            case CONTAINER_EXITED -> ObservedContainer.State.EXITED;
            case CONTAINER_UNKNOWN, UNRECOGNIZED -> ObservedContainer.State.UNKNOWN;
        };
        boolean over = state == ObservedContainer.State.EXITED;
        return new ObservedContainer(
                status.getId(),
                sandboxId,
                status.getMetadata().getName(),
                status.getMetadata().getAttempt(),
                state,
                instant(status.getCreatedAt()),
                instant(status.getStartedAt()),
                instant(status.getFinishedAt()),
                status.getExitCode(),
                over ? status.getReason() : "",
                over ? lastWords(status) : "",
                status.getImage().getImage(),
                status.getImageRef(),
                status.getAnnotationsOrDefault(PodLabels.DEFINITION, ""),
                status.getLogPath());
    }

    private static Instant instant(long nanoseconds) {
        return Instant.EPOCH.plusNanos(nanoseconds);
    }

    /** What the container left in its termination message file, or the end of its log if it wanted that. */
    private static String lastWords(ContainerStatus status) {
        String inside = status.getAnnotationsOrDefault(PodLabels.MESSAGE_PATH, "");
        String written = status.getMountsList().stream()
                .filter(mount -> mount.getContainerPath().equals(inside))
                .map(Mount::getHostPath)
                .findFirst()
                .map(file -> head(Path.of(file)))
                .orElse("");
        if (!written.isEmpty()) {
            return written;
        }
        boolean fromLog =
                status.getAnnotationsOrDefault(PodLabels.MESSAGE_POLICY, "").equals("FallbackToLogsOnError");
        if (fromLog && status.getExitCode() != 0) {
            return LogLines.tail(Path.of(status.getLogPath()), LONGEST_LOG_EXTRACT_BYTES);
        }
        return status.getReason().equals("StartError") || status.getExitCode() == 128 ? status.getMessage() : "";
    }

    private static String head(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST_MESSAGE_BYTES), StandardCharsets.UTF_8);
        } catch (IOException notThere) {
            return "";
        }
    }

    void forget(String containerId) {
        ended.remove(containerId);
    }

    /** The pods that the runtime has something of, with a mark each that changes when something of them changes. */
    SortedMap<PodRef, String> census() {
        SortedMap<PodRef, String> marks = new TreeMap<>(java.util.Comparator.comparing(PodRef::uid));
        for (PodSandbox sandbox : cri.listPodSandboxes(Map.of())) {
            PodLabels.podOf(sandbox.getLabelsMap())
                    .ifPresent(pod -> marks.merge(pod, sandbox.getId() + sandbox.getStateValue(), String::concat));
        }
        for (Container container : cri.listContainers(Map.of())) {
            PodLabels.podOf(container.getLabelsMap())
                    .ifPresent(pod -> marks.merge(pod, container.getId() + container.getStateValue(), String::concat));
        }
        return marks;
    }
}
