package io.kvorum.network.dns;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.client.ObjectKey;
import java.util.List;
import java.util.Optional;

/** {@link ClusterView} on informers: nothing is kept beside their copies but indexes. Any thread. */
final class InformedCluster implements ClusterView {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final String BY_ADDRESS = "dns-address";
    private static final String BY_SERVICE = "dns-service";

    private final Informer<Service> services;
    private final Informer<EndpointSlice> slices;
    private final Informer<Node> nodes;

    /** To be made before the informers start. */
    InformedCluster(Informers informers) {
        this.services = informers.of(Service.class);
        this.slices = informers.of(EndpointSlice.class);
        this.nodes = informers.of(Node.class);
        services.addIndex(BY_ADDRESS, InformedCluster::addresses);
        slices.addIndex(BY_ADDRESS, InformedCluster::addresses);
        slices.addIndex(BY_SERVICE, InformedCluster::serviceName);
    }

    private static List<String> addresses(Service service) {
        List<String> all = service.getSpec().getClusterIPs();
        return all == null ? List.of() : all;
    }

    private static List<String> addresses(EndpointSlice slice) {
        return Optional.ofNullable(slice.getEndpoints()).orElse(List.of()).stream()
                .map(Endpoint::getAddresses)
                .flatMap(List::stream)
                .toList();
    }

    private static List<String> serviceName(EndpointSlice slice) {
        var labels = slice.getMetadata().getLabels();
        String name = labels == null ? null : labels.get(SERVICE_NAME);
        return name == null ? List.of() : List.of(slice.getMetadata().getNamespace() + "/" + name);
    }

    @Override
    public Optional<Service> service(String namespace, String name) {
        return services.find(new ObjectKey(namespace, name));
    }

    @Override
    public List<EndpointSlice> slices(String namespace, String service) {
        return slices.byIndex(BY_SERVICE, namespace + "/" + service);
    }

    @Override
    public Optional<Service> serviceAt(String address) {
        return services.byIndex(BY_ADDRESS, address).stream().findFirst();
    }

    @Override
    public List<EndpointSlice> slicesWith(String address) {
        return slices.byIndex(BY_ADDRESS, address);
    }

    @Override
    public boolean hasServices(String namespace) {
        return !services.inNamespace(namespace).isEmpty();
    }

    @Override
    public List<String> nodeAddresses(String name) {
        return nodes
                .find(ObjectKey.ofCluster(name))
                .flatMap(node -> Optional.ofNullable(node.getStatus()))
                .flatMap(status -> Optional.ofNullable(status.getAddresses()))
                .orElse(List.of())
                .stream()
                .filter(address -> "InternalIP".equals(address.getType()))
                .map(NodeAddress::getAddress)
                .toList();
    }
}
