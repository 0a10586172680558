package io.kvorum.kubelet.node;

import io.kvorum.cri.CriClient;
import io.kvorum.cri.CriException;
import io.kvorum.cri.runtime.Image;
import io.kvorum.cri.runtime.RuntimeCondition;
import io.kvorum.cri.runtime.VersionResponse;
import io.kvorum.kubelet.NodeAgentConfig;
import io.kvorum.kubelet.linux.MachineFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Looks whether this node can run pods: runtime, network, memory, disk, processes. Any thread; blocks shortly. */
public final class HealthCheck {
    private static final double FEWEST_FREE_PIDS = 0.05;

    private final NodeAgentConfig config;
    private final CriClient cri;
    private final BooleanSupplier runtimeIsUp;
    private final MachineFacts machine;
    private volatile String runtimeVersion = "containerd://unknown";

    public HealthCheck(NodeAgentConfig config, CriClient cri, BooleanSupplier runtimeIsUp, MachineFacts machine) {
        this.config = config;
        this.cri = cri;
        this.runtimeIsUp = runtimeIsUp;
        this.machine = machine;
    }

    public NodeHealth now() {
        long disk = machine.diskBytes(config.paths().kubelet());
        Optional<String> trouble = trouble();
        return new NodeHealth(
                trouble,
                machine.memoryAvailableBytes() < config.limits().memoryAvailableBytes(),
                disk > 0
                        && machine.diskAvailableBytes(config.paths().kubelet())
                                < disk * config.limits().diskAvailableFraction(),
                machine.largestPid() - machine.processes() < machine.largestPid() * FEWEST_FREE_PIDS,
                trouble.isPresent() ? List.of() : images());
    }

    private Optional<String> trouble() {
        if (!runtimeIsUp.getAsBoolean()) {
            return Optional.of("container runtime is down");
        }
        try {
            return cri.status().getConditionsList().stream()
                    .filter(condition -> !condition.getStatus())
                    .map(HealthCheck::describe)
                    .findFirst();
        } catch (CriException failure) {
            return Optional.of("container runtime is down: " + failure.reason());
        }
    }

    private static String describe(RuntimeCondition condition) {
        String what = condition.getType().equals("NetworkReady")
                ? "container runtime network not ready"
                : "container runtime not ready";
        return "%s: %s=false reason:%s message:%s"
                .formatted(what, condition.getType(), condition.getReason(), condition.getMessage());
    }

    private List<NodeHealth.NodeImage> images() {
        List<NodeHealth.NodeImage> images = new ArrayList<>();
        try {
            for (Image image : cri.listImages()) {
                List<String> names = new ArrayList<>(image.getRepoDigestsList());
                names.addAll(image.getRepoTagsList());
                if (!names.isEmpty()) {
                    images.add(new NodeHealth.NodeImage(names, image.getSize()));
                }
            }
        } catch (CriException failure) {
            return List.of();
        }
        return images;
    }

    /** As the Node shows it, such as {@code containerd://1.6.20}. */
    public String runtimeVersion() {
        if (runtimeVersion.endsWith("unknown")) {
            try {
                VersionResponse version = cri.version();
                runtimeVersion = version.getRuntimeName() + "://"
                        + version.getRuntimeVersion().replaceFirst("[~+].*$", "");
            } catch (CriException failure) {
                return runtimeVersion;
            }
        }
        return runtimeVersion;
    }
}
