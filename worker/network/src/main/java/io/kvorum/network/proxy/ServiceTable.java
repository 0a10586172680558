package io.kvorum.network.proxy;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** From Services and EndpointSlices to the rules they ask for, in an order that does not change by itself. Pure. */
final class ServiceTable {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final int USUAL_AFFINITY_SECONDS = 10_800;

    private final String nodeName;

    ServiceTable(String nodeName) {
        this.nodeName = nodeName;
    }

    List<ServicePortRules> rules(List<Service> services, List<EndpointSlice> slices) {
        Map<String, List<EndpointSlice>> byService = new TreeMap<>();
        for (EndpointSlice slice : slices) {
            Map<String, String> labels = slice.getMetadata().getLabels();
            String service = labels == null ? null : labels.get(SERVICE_NAME);
            if (service != null && !"IPv6".equals(slice.getAddressType())) {
                String key = slice.getMetadata().getNamespace() + "/" + service;
                byService.computeIfAbsent(key, each -> new ArrayList<>()).add(slice);
            }
        }
        List<ServicePortRules> rules = new ArrayList<>();
        for (Service service : services) {
            String address = service.getSpec().getClusterIP();
            if (address != null && !address.isEmpty() && !address.equals("None") && !address.contains(":")) {
                String key = service.getMetadata().getNamespace() + "/"
                        + service.getMetadata().getName();
                List<EndpointSlice> own = byService.getOrDefault(key, List.of());
                service.getSpec().getPorts().forEach(port -> rules.add(rule(key, service, port, own)));
            }
        }
        rules.sort(Comparator.comparing(ServicePortRules::name));
        return rules;
    }

    private ServicePortRules rule(String key, Service service, ServicePort port, List<EndpointSlice> slices) {
        ServiceSpec spec = service.getSpec();
        String protocol = Optional.ofNullable(port.getProtocol()).orElse("TCP").toLowerCase(Locale.ROOT);
        return new ServicePortRules(
                key + ":" + port.getPort() + "/" + protocol,
                protocol,
                spec.getClusterIP(),
                port.getPort(),
                outside(service, port),
                backends(port, slices),
                "Local".equals(spec.getInternalTrafficPolicy()),
                affinity(spec));
    }

    private static ServicePortRules.Outside outside(Service service, ServicePort port) {
        ServiceSpec spec = service.getSpec();
        List<String> balancers = Optional.ofNullable(service.getStatus())
                .flatMap(status -> Optional.ofNullable(status.getLoadBalancer()))
                .flatMap(balancer -> Optional.ofNullable(balancer.getIngress()))
                .orElse(List.of())
                .stream()
                .filter(ingress -> !"Proxy".equals(ingress.getIpMode()))
                .map(LoadBalancerIngress::getIp)
                .toList();
        return new ServicePortRules.Outside(
                Optional.ofNullable(port.getNodePort()).filter(number -> number > 0),
                ipv4(spec.getExternalIPs()),
                ipv4(balancers),
                ipv4(spec.getLoadBalancerSourceRanges()),
                "Local".equals(spec.getExternalTrafficPolicy()));
    }

    private static List<String> ipv4(@Nullable List<String> addresses) {
        return Optional.ofNullable(addresses).orElse(List.of()).stream()
                .filter(address -> address != null && !address.isEmpty() && !address.contains(":"))
                .map(String::strip)
                .toList();
    }

    /** Services whose load balancers ask each node whether it has backends, by the port they ask at. */
    SortedMap<Integer, HealthCheck> healthChecks(List<Service> services, List<ServicePortRules> rules) {
        SortedMap<Integer, HealthCheck> checks = new TreeMap<>();
        for (Service service : services) {
            Integer port = service.getSpec().getHealthCheckNodePort();
            if (port != null && port > 0) {
                String namespace = service.getMetadata().getNamespace();
                String name = service.getMetadata().getName();
                String prefix = namespace + "/" + name + ":";
                long local = rules.stream()
                        .filter(rule -> rule.name().startsWith(prefix))
                        .flatMap(rule -> rule.localBackends().stream())
                        .map(Backend::address)
                        .distinct()
                        .count();
                checks.put(port, new HealthCheck(namespace, name, Math.toIntExact(local)));
            }
        }
        return checks;
    }

    private static Optional<Integer> affinity(ServiceSpec spec) {
        if (!"ClientIP".equals(spec.getSessionAffinity())) {
            return Optional.empty();
        }
        return Optional.ofNullable(spec.getSessionAffinityConfig())
                .flatMap(config -> Optional.ofNullable(config.getClientIP()))
                .flatMap(client -> Optional.ofNullable(client.getTimeoutSeconds()))
                .or(() -> Optional.of(USUAL_AFFINITY_SECONDS));
    }

    /** The ready ones; without any, those that still serve while they end. */
    private List<Backend> backends(ServicePort port, List<EndpointSlice> slices) {
        List<Backend> ready = new ArrayList<>();
        List<Backend> ending = new ArrayList<>();
        for (EndpointSlice slice : slices) {
            Optional<Integer> target = target(port, slice);
            for (Endpoint endpoint : Optional.ofNullable(slice.getEndpoints()).orElse(List.of())) {
                var conditions = endpoint.getConditions();
                boolean isReady = conditions == null || !Boolean.FALSE.equals(conditions.getReady());
                boolean serves = conditions != null && Boolean.TRUE.equals(conditions.getServing());
                if (target.isPresent() && (isReady || serves)) {
                    (isReady ? ready : ending)
                            .add(new Backend(
                                    endpoint.getAddresses().getFirst(),
                                    target.get(),
                                    nodeName.equals(endpoint.getNodeName())));
                }
            }
        }
        List<Backend> chosen = ready.isEmpty() ? ending : ready;
        return chosen.stream()
                .distinct()
                .sorted(Comparator.comparing(Backend::address).thenComparingInt(Backend::port))
                .toList();
    }

    private static Optional<Integer> target(ServicePort port, EndpointSlice slice) {
        String wanted = Optional.ofNullable(port.getName()).orElse("");
        return Optional.ofNullable(slice.getPorts()).orElse(List.of()).stream()
                .filter(each -> Objects.equals(
                        wanted, Optional.ofNullable(each.getName()).orElse("")))
                .map(EndpointPort::getPort)
                .filter(Objects::nonNull)
                .findFirst();
    }
}
