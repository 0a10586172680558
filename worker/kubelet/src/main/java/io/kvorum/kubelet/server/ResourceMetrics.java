package io.kvorum.kubelet.server;

import io.kvorum.cri.CriClient;
import io.kvorum.cri.runtime.ContainerStats;
import io.kvorum.kubelet.linux.MachineFacts;
import io.kvorum.kubelet.pod.PodLabels;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What containers and the node use, as the metrics server and {@code kubectl get --raw} want it. Any thread. */
final class ResourceMetrics {
    private final CriClient cri;
    private final MachineFacts machine;
    private final String nodeName;

    ResourceMetrics(CriClient cri, MachineFacts machine, String nodeName) {
        this.cri = cri;
        this.machine = machine;
        this.nodeName = nodeName;
    }

    /** The Prometheus text of {@code /metrics/resource}. */
    String text() {
        StringBuilder cpu = new StringBuilder("# TYPE container_cpu_usage_seconds_total counter\n");
        StringBuilder memory = new StringBuilder("# TYPE container_memory_working_set_bytes gauge\n");
        for (ContainerStats stats : cri.containerStats()) {
            var labels = stats.getAttributes().getLabelsMap();
            String about = "{container=\"%s\",namespace=\"%s\",pod=\"%s\"} "
                    .formatted(
                            labels.getOrDefault(PodLabels.CONTAINER_NAME, ""),
                            labels.getOrDefault(PodLabels.POD_NAMESPACE, ""),
                            labels.getOrDefault(PodLabels.POD_NAME, ""));
            cpu.append("container_cpu_usage_seconds_total")
                    .append(about)
                    .append(seconds(cpuNanos(stats)))
                    .append('\n');
            memory.append("container_memory_working_set_bytes")
                    .append(about)
                    .append(workingSet(stats))
                    .append('\n');
        }
        return cpu.append(memory)
                .append("# TYPE node_cpu_usage_seconds_total counter\nnode_cpu_usage_seconds_total ")
                .append(seconds(machine.busyNanos()))
                .append("\n# TYPE node_memory_working_set_bytes gauge\nnode_memory_working_set_bytes ")
                .append(machine.memoryBytes() - machine.memoryAvailableBytes())
                .append('\n')
                .toString();
    }

    /** The body of {@code /stats/summary}. */
    ObjectNode summary(Instant now) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode node = root.putObject("node").put("nodeName", nodeName);
        node.putObject("cpu").put("time", now.toString()).put("usageCoreNanoSeconds", machine.busyNanos());
        node.putObject("memory")
                .put("time", now.toString())
                .put("availableBytes", machine.memoryAvailableBytes())
                .put("workingSetBytes", machine.memoryBytes() - machine.memoryAvailableBytes());
        SortedMap<String, ObjectNode> pods = new TreeMap<>();
        ArrayNode list = root.putArray("pods");
        for (ContainerStats stats : List.copyOf(cri.containerStats())) {
            var labels = stats.getAttributes().getLabelsMap();
            PodLabels.podOf(labels).ifPresent(ref -> {
                ObjectNode pod = pods.computeIfAbsent(ref.uid(), uid -> {
                    ObjectNode fresh = list.addObject();
                    fresh.putObject("podRef")
                            .put("name", ref.name())
                            .put("namespace", ref.namespace())
                            .put("uid", uid);
                    fresh.putArray("containers");
                    return fresh;
                });
                ObjectNode container = ((ArrayNode) pod.get("containers")).addObject();
                container.put("name", labels.getOrDefault(PodLabels.CONTAINER_NAME, ""));
                container.putObject("cpu").put("time", now.toString()).put("usageCoreNanoSeconds", cpuNanos(stats));
                container.putObject("memory").put("time", now.toString()).put("workingSetBytes", workingSet(stats));
            });
        }
        return root;
    }

    private static long cpuNanos(ContainerStats stats) {
        return stats.getCpu().getUsageCoreNanoSeconds().getValue();
    }

    private static long workingSet(ContainerStats stats) {
        return stats.getMemory().getWorkingSetBytes().getValue();
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.6f", nanos / 1e9);
    }
}
