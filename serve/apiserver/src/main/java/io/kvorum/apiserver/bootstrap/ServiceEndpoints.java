package io.kvorum.apiserver.bootstrap;

import static io.kvorum.apiserver.bootstrap.StartObjects.object;

import io.kvorum.apiserver.bootstrap.PolicyFile.Entry;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The Endpoints that no controller finds by a selector: of the API servers, in both forms, and of etcd; any thread. */
final class ServiceEndpoints {
    private static final String NAMESPACE = "default";
    private static final String NAME = "kubernetes";
    private static final int ETCD_PORT = 2379;

    private ServiceEndpoints() {}

    /** @param addresses of the API servers, sorted; not empty */
    static List<Entry> of(List<String> addresses, int port) {
        return List.of(
                new Entry(KnownResources.ENDPOINTS, apiServers(addresses, port)),
                new Entry(KnownResources.ENDPOINT_SLICES, slice(addresses, port)));
    }

    /** For whoever asks the cluster where its etcd is; there is no Service of that name. */
    static Entry ofStore(List<String> addresses) {
        return new Entry(KnownResources.ENDPOINTS, endpoints("kube-system", "etcd", addresses, "client", ETCD_PORT));
    }

    private static ObjectNode apiServers(List<String> addresses, int port) {
        ObjectNode endpoints = endpoints(NAMESPACE, NAME, addresses, "https", port);
        // The slice is kept here as well, so the mirroring controller must not make a second one.
        endpoints
                .withObjectProperty("metadata")
                .putObject("labels")
                .put("endpointslice.kubernetes.io/skip-mirror", "true");
        return endpoints;
    }

    private static ObjectNode endpoints(
            String namespace, String name, List<String> addresses, String portName, int port) {
        ObjectNode endpoints = object("v1", "Endpoints", namespace, name);
        ObjectNode subset = endpoints.putArray("subsets").addObject();
        ArrayNode list = subset.putArray("addresses");
        addresses.forEach(address -> list.addObject().put("ip", address));
        putPort(subset.putArray("ports").addObject(), portName, port);
        return endpoints;
    }

    private static ObjectNode slice(List<String> addresses, int port) {
        ObjectNode slice = object("discovery.k8s.io/v1", "EndpointSlice", NAMESPACE, NAME);
        slice.withObjectProperty("metadata").putObject("labels").put("kubernetes.io/service-name", NAME);
        slice.put("addressType", addresses.getFirst().contains(":") ? "IPv6" : "IPv4");
        ArrayNode list = slice.putArray("endpoints");
        for (String address : addresses) {
            ObjectNode endpoint = list.addObject();
            endpoint.putArray("addresses").add(address);
            endpoint.putObject("conditions").put("ready", true);
        }
        putPort(slice.putArray("ports").addObject(), "https", port);
        return slice;
    }

    private static void putPort(ObjectNode target, String name, int port) {
        target.put("name", name).put("port", port).put("protocol", "TCP");
    }
}
