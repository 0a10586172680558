package io.kvorum.network.dns;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Optional;

/** The cluster's objects as names need them; answers at once, from any thread. */
interface ClusterView {
    Optional<Service> service(String namespace, String name);

    List<EndpointSlice> slices(String namespace, String service);

    /** The Service with this cluster address. */
    Optional<Service> serviceAt(String address);

    List<EndpointSlice> slicesWith(String address);

    /** Whether any Service lives there. */
    boolean hasServices(String namespace);

    /** The internal addresses of a node. */
    List<String> nodeAddresses(String name);
}
