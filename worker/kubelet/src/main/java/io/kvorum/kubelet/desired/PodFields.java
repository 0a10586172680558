package io.kvorum.kubelet.desired;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The downward API: a pod's own fields and resources as text. Pure. */
public record PodFields(
        Pod pod, String nodeAddress, List<String> podAddresses, long nodeCpuMilli, long nodeMemoryBytes) {
    public PodFields {
        podAddresses = List.copyOf(podAddresses);
    }

    /** Empty for a path that is not one of the downward API's. */
    public Optional<String> field(String path) {
        var metadata = pod.getMetadata();
        return switch (path) {
            case "metadata.name" -> Optional.of(metadata.getName());
            case "metadata.namespace" -> Optional.of(metadata.getNamespace());
            case "metadata.uid" -> Optional.of(metadata.getUid());
            case "metadata.labels" -> Optional.of(quotedPairs(metadata.getLabels()));
            case "metadata.annotations" -> Optional.of(quotedPairs(metadata.getAnnotations()));
            case "spec.nodeName" -> Optional.ofNullable(pod.getSpec().getNodeName());
            case "spec.serviceAccountName" ->
                Optional.of(Optional.ofNullable(pod.getSpec().getServiceAccountName())
                        .orElse(""));
            case "status.hostIP", "status.hostIPs" -> Optional.of(nodeAddress);
            case "status.podIP" -> Optional.of(podAddresses.isEmpty() ? "" : podAddresses.getFirst());
            case "status.podIPs" -> Optional.of(String.join(",", podAddresses));
            default ->
                subscript(path, "metadata.labels", metadata.getLabels())
                        .or(() -> subscript(path, "metadata.annotations", metadata.getAnnotations()));
        };
    }

    private static Optional<String> subscript(String path, String name, @Nullable Map<String, String> values) {
        if (!path.startsWith(name + "['") || !path.endsWith("']")) {
            return Optional.empty();
        }
        String key = path.substring(name.length() + 2, path.length() - 2);
        return Optional.of(values == null ? "" : values.getOrDefault(key, ""));
    }

    private static String quotedPairs(@Nullable Map<String, String> values) {
        StringBuilder out = new StringBuilder();
        new TreeMap<>(values == null ? Map.<String, String>of() : values)
                .forEach((key, value) ->
                        out.append(key).append("=\"").append(escaped(value)).append("\"\n"));
        return out.toString();
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\t", "\\t");
    }

    /** A container's request or limit divided by the divisor, rounded up; what the node has where no limit was set. */
    public String resource(ResourceFieldSelector selector, Container own) {
        Container container = selector.getContainerName() == null
                ? own
                : Stream.concat(pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream())
                        .filter(each -> each.getName().equals(selector.getContainerName()))
                        .findFirst()
                        .orElse(own);
        Quantity divisor = selector.getDivisor();
        BigDecimal unit = divisor == null || divisor.getNumericalAmount().signum() == 0
                ? BigDecimal.ONE
                : divisor.getNumericalAmount();
        return amount(selector.getResource(), container)
                .divide(unit, 0, RoundingMode.CEILING)
                .toPlainString();
    }

    private BigDecimal amount(String resource, Container container) {
        ResourceAmounts amounts = ResourceAmounts.of(container);
        return switch (resource) {
            case "limits.cpu" -> thousandths(amounts.cpuLimitMilli() > 0 ? amounts.cpuLimitMilli() : nodeCpuMilli);
            case "requests.cpu" -> thousandths(amounts.cpuRequestMilli());
            case "limits.memory" ->
                BigDecimal.valueOf(amounts.memoryLimit() > 0 ? amounts.memoryLimit() : nodeMemoryBytes);
            case "requests.memory" -> BigDecimal.valueOf(amounts.memoryRequest());
            default -> listed(resource, container);
        };
    }

    private static BigDecimal listed(String resource, Container container) {
        int dot = resource.indexOf('.');
        if (dot < 0 || container.getResources() == null) {
            return BigDecimal.ZERO;
        }
        Map<String, Quantity> amounts = resource.startsWith("limits.")
                ? container.getResources().getLimits()
                : container.getResources().getRequests();
        Quantity found = amounts == null ? null : amounts.get(resource.substring(dot + 1));
        return found == null ? BigDecimal.ZERO : found.getNumericalAmount();
    }

    private static BigDecimal thousandths(long milli) {
        return BigDecimal.valueOf(milli, 3);
    }
}
