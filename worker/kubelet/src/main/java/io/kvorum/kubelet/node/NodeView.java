package io.kvorum.kubelet.node;

import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.kvorum.kubelet.NodeAgentConfig;
import io.kvorum.kubelet.linux.MachineFacts;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The Node object as this machine is. Reads machine facts; otherwise pure. */
final class NodeView {
    private static final int MOST_IMAGES = 50;

    private final NodeAgentConfig config;
    private final MachineFacts machine;
    private final String hostName;

    NodeView(NodeAgentConfig config, MachineFacts machine, String hostName) {
        this.config = config;
        this.machine = machine;
        this.hostName = hostName;
    }

    /** For its first registration. */
    Node fresh() {
        List<Taint> taints = config.identity().taints().stream()
                .map(taint -> new Taint(
                        taint.effect(), taint.key(), null, taint.value().isEmpty() ? null : taint.value()))
                .toList();
        return new NodeBuilder()
                .withNewMetadata()
                .withName(config.identity().name())
                .withLabels(labels())
                .withAnnotations(annotations())
                .endMetadata()
                .withNewSpec()
                .withTaints(taints)
                .endSpec()
                .build();
    }

    SortedMap<String, String> labels() {
        SortedMap<String, String> labels = new TreeMap<>();
        for (String prefix : List.of("kubernetes.io/", "beta.kubernetes.io/")) {
            labels.put(prefix + "arch", machine.architecture());
            labels.put(prefix + "os", "linux");
        }
        labels.put("kubernetes.io/hostname", config.identity().name());
        labels.put("node.kubernetes.io/instance-type", "k3s");
        labels.put("beta.kubernetes.io/instance-type", "k3s");
        config.identity().roles().forEach(role -> labels.put("node-role.kubernetes.io/" + role, "true"));
        labels.putAll(config.identity().labels());
        return labels;
    }

    SortedMap<String, String> annotations() {
        SortedMap<String, String> annotations = new TreeMap<>();
        annotations.put("k3s.io/hostname", hostName);
        annotations.put("k3s.io/internal-ip", config.identity().address());
        if (!config.identity().externalAddresses().isEmpty()) {
            annotations.put(
                    "k3s.io/external-ip", String.join(",", config.identity().externalAddresses()));
        }
        return annotations;
    }

    NodeStatus status(NodeHealth health, String runtimeVersion, NodeStatus before, Instant now) {
        Map<String, Quantity> capacity = capacity();
        Map<String, Quantity> allocatable = new TreeMap<>(capacity);
        long disk = machine.diskBytes(config.paths().kubelet());
        allocatable.put("ephemeral-storage", new Quantity(Long.toString(disk - disk / 20)));
        return new NodeStatusBuilder()
                .withAddresses(addresses())
                .withCapacity(capacity)
                .withAllocatable(allocatable)
                .withConditions(conditions(health, before, now))
                .withImages(images(health))
                .withNewDaemonEndpoints()
                .withNewKubeletEndpoint(config.door().port())
                .endDaemonEndpoints()
                .withNewNodeInfo()
                .withArchitecture(machine.architecture())
                .withBootID(machine.bootId())
                .withContainerRuntimeVersion(runtimeVersion)
                .withKernelVersion(machine.kernelVersion())
                .withKubeProxyVersion("")
                .withKubeletVersion(config.identity().productVersion())
                .withMachineID(machine.machineId())
                .withOperatingSystem("linux")
                .withOsImage(machine.osImage())
                .withSystemUUID(machine.systemUuid())
                .endNodeInfo()
                .build();
    }

    private List<NodeAddress> addresses() {
        List<NodeAddress> addresses = new ArrayList<>();
        addresses.add(new NodeAddress(config.identity().address(), "InternalIP"));
        config.identity().externalAddresses().forEach(each -> addresses.add(new NodeAddress(each, "ExternalIP")));
        addresses.add(new NodeAddress(config.identity().name(), "Hostname"));
        return addresses;
    }

    private Map<String, Quantity> capacity() {
        Map<String, Quantity> capacity = new TreeMap<>();
        capacity.put("cpu", new Quantity(Integer.toString(machine.processors())));
        capacity.put("memory", new Quantity((machine.memoryBytes() >> 10) + "Ki"));
        capacity.put(
                "ephemeral-storage",
                new Quantity((machine.diskBytes(config.paths().kubelet()) >> 10) + "Ki"));
        capacity.put("pods", new Quantity(Integer.toString(config.limits().maxPods())));
        capacity.put("hugepages-1Gi", new Quantity("0"));
        capacity.put("hugepages-2Mi", new Quantity("0"));
        return capacity;
    }

    private static List<ContainerImage> images(NodeHealth health) {
        return health.images().stream()
                .sorted(Comparator.comparingLong(NodeHealth.NodeImage::sizeBytes)
                        .reversed())
                .limit(MOST_IMAGES)
                .map(image -> new ContainerImage(image.names(), image.sizeBytes()))
                .toList();
    }

    private static List<NodeCondition> conditions(NodeHealth health, NodeStatus before, Instant now) {
        List<NodeCondition> conditions = new ArrayList<>();
        conditions.add(pressure(
                "MemoryPressure",
                health.memoryShort(),
                "KubeletHasInsufficientMemory",
                "kubelet has insufficient memory available",
                "KubeletHasSufficientMemory",
                "kubelet has sufficient memory available"));
        conditions.add(pressure(
                "DiskPressure",
                health.diskShort(),
                "KubeletHasDiskPressure",
                "kubelet has disk pressure",
                "KubeletHasNoDiskPressure",
                "kubelet has no disk pressure"));
        conditions.add(pressure(
                "PIDPressure",
                health.pidsShort(),
                "KubeletHasInsufficientPID",
                "kubelet has insufficient PID available",
                "KubeletHasSufficientPID",
                "kubelet has sufficient PID available"));
        conditions.add(pressure(
                "Ready",
                health.trouble().isEmpty(),
                "KubeletReady",
                "kubelet is posting ready status",
                "KubeletNotReady",
                health.trouble().orElse("")));
        String moment = now.truncatedTo(ChronoUnit.SECONDS).toString();
        conditions.replaceAll(condition -> new NodeConditionBuilder(condition)
                .withLastHeartbeatTime(moment)
                .withLastTransitionTime(transition(condition, before).orElse(moment))
                .build());
        List<NodeCondition> known = Optional.ofNullable(before.getConditions()).orElse(List.of());
        known.stream()
                .filter(old ->
                        conditions.stream().noneMatch(own -> own.getType().equals(old.getType())))
                .forEach(conditions::add);
        return conditions;
    }

    private static NodeCondition pressure(
            String type, boolean holds, String reason, String message, String otherReason, String otherMessage) {
        return new NodeConditionBuilder()
                .withType(type)
                .withStatus(holds ? "True" : "False")
                .withReason(holds ? reason : otherReason)
                .withMessage(holds ? message : otherMessage)
                .build();
    }

    private static Optional<String> transition(NodeCondition condition, NodeStatus before) {
        return Optional.ofNullable(before.getConditions()).orElse(List.of()).stream()
                .filter(old -> old.getType().equals(condition.getType())
                        && condition.getStatus().equals(old.getStatus()))
                .map(NodeCondition::getLastTransitionTime)
                .findFirst();
    }

    /** Whether two statuses differ in more than heartbeats. */
    static boolean differ(NodeStatus one, NodeStatus other) {
        return !withoutHeartbeats(one).equals(withoutHeartbeats(other));
    }

    private static NodeStatus withoutHeartbeats(NodeStatus status) {
        List<NodeCondition> silent = Optional.ofNullable(status.getConditions()).orElse(List.of()).stream()
                .map(condition -> new NodeConditionBuilder(condition)
                        .withLastHeartbeatTime(null)
                        .build())
                .toList();
        return new NodeStatusBuilder(status).withConditions(silent).build();
    }
}
