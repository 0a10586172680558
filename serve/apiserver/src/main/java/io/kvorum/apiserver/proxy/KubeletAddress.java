package io.kvorum.apiserver.proxy;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import tools.jackson.databind.JsonNode;

/** Where a node's kubelet listens, as its Node says; any thread. */
final class KubeletAddress {
    /** K3s's preference. */
    private static final String[] PREFERRED = {"InternalIP", "ExternalIP", "Hostname"};

    private static final int DEFAULT_PORT = 10250;

    private final ClusterObjects objects;

    KubeletAddress(ClusterObjects objects) {
        this.objects = objects;
    }

    /** @throws ApiException when there is no such node or it has not told its address */
    Backend at(String nodeName, String pathAndQuery) {
        JsonNode node = objects.find(KnownResources.NODES, "", nodeName)
                .orElseThrow(() -> ApiException.notFound(KnownResources.NODES, nodeName));
        return of(node, pathAndQuery);
    }

    static Backend of(JsonNode node, String pathAndQuery) {
        int port = node.path("status")
                .path("daemonEndpoints")
                .path("kubeletEndpoint")
                .path("Port")
                .asInt(DEFAULT_PORT);
        for (String type : PREFERRED) {
            for (JsonNode address : node.path("status").path("addresses")) {
                if (address.path("type").asString("").equals(type)) {
                    return new Backend(
                            Backend.Kind.KUBELET, address.path("address").asString(""), port, pathAndQuery);
                }
            }
        }
        throw ApiException.internal(
                "node %s has told no address by which its kubelet can be reached".formatted(Fields.name(node)));
    }
}
