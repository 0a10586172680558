package io.kvorum.network.dns;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One address behind a headless Service and the label it is known by: the pod's hostname where it has a subdomain, else the
 * address with dashes.
 */
record NamedEndpoint(String label, String address, List<Port> ports) {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";

    /** {@code name} is empty for the only port of a Service; {@code protocol} is in lower case. */
    record Port(String name, String protocol, int number) {}

    NamedEndpoint {
        ports = List.copyOf(ports);
    }

    static Optional<String> serviceOf(EndpointSlice slice) {
        return Optional.ofNullable(slice.getMetadata().getLabels()).map(labels -> labels.get(SERVICE_NAME));
    }

    /** The ready ones, or all of them, in a stable order. */
    static List<NamedEndpoint> of(List<EndpointSlice> slices, boolean evenIfNotReady) {
        List<NamedEndpoint> all = new ArrayList<>();
        for (EndpointSlice slice : slices) {
            List<Port> ports = ports(slice);
            for (Endpoint endpoint : Optional.ofNullable(slice.getEndpoints()).orElse(List.of())) {
                if (evenIfNotReady || isReady(endpoint)) {
                    for (String address : endpoint.getAddresses()) {
                        String dashed = address.replace('.', '-').replace(':', '-');
                        String label = Optional.ofNullable(endpoint.getHostname())
                                .filter(name -> !name.isEmpty())
                                .orElse(dashed);
                        all.add(new NamedEndpoint(label.toLowerCase(Locale.ROOT), address, ports));
                    }
                }
            }
        }
        all.sort(Comparator.comparing(NamedEndpoint::address).thenComparing(NamedEndpoint::label));
        return all;
    }

    private static boolean isReady(Endpoint endpoint) {
        return endpoint.getConditions() == null
                || !Boolean.FALSE.equals(endpoint.getConditions().getReady());
    }

    private static List<Port> ports(EndpointSlice slice) {
        return Optional.ofNullable(slice.getPorts()).orElse(List.of()).stream()
                .filter(port -> port.getPort() != null)
                .map(port -> new Port(
                        Optional.ofNullable(port.getName()).orElse(""),
                        Optional.ofNullable(port.getProtocol()).orElse("TCP").toLowerCase(Locale.ROOT),
                        port.getPort()))
                .toList();
    }
}
