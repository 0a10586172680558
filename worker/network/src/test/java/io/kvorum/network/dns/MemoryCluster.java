package io.kvorum.network.dns;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A cluster in lists. */
final class MemoryCluster implements ClusterView {
    private final List<Service> services = new CopyOnWriteArrayList<>();
    private final List<EndpointSlice> slices = new CopyOnWriteArrayList<>();

    /** What most tests ask about. */
    static MemoryCluster usual() {
        var cluster = new MemoryCluster();
        cluster.service("default", "kubernetes", "10.43.0.1", "https", 443);
        cluster.service("shop", "web", "10.43.0.7", "http", 80);
        cluster.service("shop", "db", "None", "sql", 5432);
        cluster.slice("shop", "db", "db-0", "10.42.0.5", true);
        cluster.slice("shop", "db", null, "10.42.1.6", true);
        cluster.slice("shop", "db", "db-2", "10.42.1.7", false);
        cluster.external("shop", "docs", "docs.example.org");
        cluster.external("shop", "alias", "web.shop.svc.cluster.local");
        return cluster;
    }

    void service(String namespace, String name, String address, String port, int number) {
        services.add(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withType("ClusterIP")
                .withClusterIP(address)
                .withClusterIPs(address)
                .addNewPort()
                .withName(port)
                .withPort(number)
                .withProtocol("TCP")
                .endPort()
                .endSpec()
                .build());
    }

    void external(String namespace, String name, String target) {
        services.add(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withType("ExternalName")
                .withExternalName(target)
                .endSpec()
                .build());
    }

    void slice(String namespace, String service, String hostname, String address, boolean ready) {
        slices.add(new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(service + "-" + slices.size())
                .withLabels(Map.of("kubernetes.io/service-name", service))
                .endMetadata()
                .withAddressType("IPv4")
                .addNewEndpoint()
                .withAddresses(address)
                .withHostname(hostname)
                .withNewConditions()
                .withReady(ready)
                .endConditions()
                .endEndpoint()
                .addNewPort()
                .withName("sql")
                .withPort(5432)
                .withProtocol("TCP")
                .endPort()
                .build());
    }

    @Override
    public Optional<Service> service(String namespace, String name) {
        return services.stream()
                .filter(each -> each.getMetadata().getNamespace().equals(namespace)
                        && each.getMetadata().getName().equals(name))
                .findFirst();
    }

    @Override
    public List<EndpointSlice> slices(String namespace, String service) {
        return slices.stream()
                .filter(each -> each.getMetadata().getNamespace().equals(namespace)
                        && NamedEndpoint.serviceOf(each).equals(Optional.of(service)))
                .toList();
    }

    @Override
    public Optional<Service> serviceAt(String address) {
        return services.stream()
                .filter(each -> each.getSpec().getClusterIPs().contains(address))
                .findFirst();
    }

    @Override
    public List<EndpointSlice> slicesWith(String address) {
        return slices.stream()
                .filter(each -> each.getEndpoints().getFirst().getAddresses().contains(address))
                .toList();
    }

    @Override
    public boolean hasServices(String namespace) {
        return services.stream()
                .anyMatch(each -> each.getMetadata().getNamespace().equals(namespace));
    }

    @Override
    public List<String> nodeAddresses(String name) {
        return name.equals("h1") ? List.of("192.0.2.11") : List.of();
    }
}
