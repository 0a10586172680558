package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A pod as scheduling sees it. Immutable. */
record PodView(Pod pod, Resources requests, Resources assumed, List<HostPort> hostPorts) {
    /** A port taken on the node itself. */
    record HostPort(String address, String protocol, int number) {
        boolean collidesWith(HostPort other) {
            boolean sameAddress = address.equals(other.address) || isAny() || other.isAny();
            return sameAddress && protocol.equals(other.protocol) && number == other.number;
        }

        private boolean isAny() {
            return address.equals("0.0.0.0");
        }
    }

    static PodView of(Pod pod) {
        return new PodView(pod, Resources.requestedBy(pod), Resources.assumedFor(pod), hostPorts(pod));
    }

    private static List<HostPort> hostPorts(Pod pod) {
        return Stream.concat(
                        pod.getSpec().getContainers().stream(),
                        pod.getSpec().getInitContainers().stream()
                                .filter(container -> "Always".equals(container.getRestartPolicy())))
                .flatMap(container -> container.getPorts().stream())
                .filter(port -> port.getHostPort() != null && port.getHostPort() > 0)
                .map(PodView::hostPort)
                .toList();
    }

    private static HostPort hostPort(ContainerPort port) {
        String address = port.getHostIP() == null || port.getHostIP().isEmpty() ? "0.0.0.0" : port.getHostIP();
        return new HostPort(address, port.getProtocol() == null ? "TCP" : port.getProtocol(), port.getHostPort());
    }

    String uid() {
        return pod.getMetadata().getUid();
    }

    String namespace() {
        return pod.getMetadata().getNamespace();
    }

    Map<String, String> labels() {
        return pod.getMetadata().getLabels() == null
                ? Map.of()
                : pod.getMetadata().getLabels();
    }

    int priority() {
        return pod.getSpec().getPriority() == null ? 0 : pod.getSpec().getPriority();
    }

    Optional<Affinity> affinity() {
        return Optional.ofNullable(pod.getSpec().getAffinity());
    }

    List<PodAffinityTerm> requiredAffinity() {
        return affinity()
                .map(Affinity::getPodAffinity)
                .map(terms -> terms.getRequiredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    List<PodAffinityTerm> requiredAntiAffinity() {
        return affinity()
                .map(Affinity::getPodAntiAffinity)
                .map(terms -> terms.getRequiredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }
}
