package io.kvorum.controllers.endpoints;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.kvorum.client.PodState;
import io.kvorum.controllers.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** One pod behind a Service, and the ports of the Service as this pod has them. Pure. */
record Backend(Pod pod, List<Port> ports) {
    /** A port as the pod listens on it. */
    record Port(String name, String protocol, int number, Optional<String> appProtocol) {}

    Backend {
        ports = List.copyOf(ports);
    }

    /** Pods count until they have ended; without an address they cannot be reached. */
    static boolean counts(Pod pod) {
        return !PodState.isFinished(pod)
                && pod.getStatus() != null
                && pod.getStatus().getPodIP() != null
                && !pod.getStatus().getPodIP().isEmpty();
    }

    /** Empty when the pod has none of the ports that the Service names. */
    static Optional<Backend> of(Service service, Pod pod) {
        List<Port> ports = new ArrayList<>();
        List<ServicePort> wanted = service.getSpec().getPorts();
        for (ServicePort port : wanted) {
            String protocol = Values.or(port.getProtocol(), "TCP");
            number(port, protocol, pod)
                    .ifPresent(number -> ports.add(new Port(
                            Values.or(port.getName(), ""),
                            protocol,
                            number,
                            Optional.ofNullable(port.getAppProtocol()))));
        }
        return ports.isEmpty() && !wanted.isEmpty() ? Optional.empty() : Optional.of(new Backend(pod, ports));
    }

    private static OptionalInt number(ServicePort port, String protocol, Pod pod) {
        var target = port.getTargetPort();
        if (target == null) {
            return OptionalInt.of(port.getPort());
        }
        if (target.getIntVal() != null) {
            return OptionalInt.of(target.getIntVal() == 0 ? port.getPort() : target.getIntVal());
        }
        String name = target.getStrVal();
        if (name == null || name.isEmpty()) {
            return OptionalInt.of(port.getPort());
        }
        Stream<ContainerPort> sidecars = pod.getSpec().getInitContainers().stream()
                .filter(container -> "Always".equals(container.getRestartPolicy()))
                .flatMap(container -> container.getPorts().stream());
        return Stream.concat(
                        pod.getSpec().getContainers().stream().flatMap(container -> container.getPorts().stream()),
                        sidecars)
                .filter(known -> name.equals(known.getName()) && protocol.equals(Values.or(known.getProtocol(), "TCP")))
                .mapToInt(ContainerPort::getContainerPort)
                .findFirst();
    }

    /** The pod's address of a family, {@code IPv4} or {@code IPv6}. */
    Optional<String> address(String family) {
        Stream<String> all = Stream.concat(
                Stream.of(pod.getStatus().getPodIP()),
                pod.getStatus().getPodIPs().stream().map(PodIP::getIp));
        return all.filter(address -> address != null && !address.isEmpty())
                .filter(address -> address.contains(":") == family.equals("IPv6"))
                .findFirst();
    }

    static boolean isServing(Pod pod) {
        return PodState.isReady(pod);
    }
}
