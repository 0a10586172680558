package io.kvorum.apiserver.proxy;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/**
 * Where a node's kubelet listens, as its Node says, or the detour when nobody answers there. Whether somebody does is asked
 * only where there is a detour, and the answer no is believed for a while. Any thread.
 */
final class KubeletAddress {
    /** K3s's preference. */
    private static final String[] PREFERRED = {"InternalIP", "ExternalIP", "Hostname"};

    private static final int DEFAULT_PORT = 10250;

    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration BELIEVED = Duration.ofSeconds(30);

    private final ClusterObjects objects;
    private final KubeletDetour detour;
    /** By address: when nobody answered there. Entries of nodes that are gone are few and small. */
    private final Map<String, Long> silentSince = new ConcurrentHashMap<>();

    KubeletAddress(ClusterObjects objects, KubeletDetour detour) {
        this.objects = objects;
        this.detour = detour;
    }

    /** @throws ApiException when there is no such node or it has not told its address */
    Backend at(String nodeName, String pathAndQuery) {
        JsonNode node = objects.find(KnownResources.NODES, "", nodeName)
                .orElseThrow(() -> ApiException.notFound(KnownResources.NODES, nodeName));
        OptionalInt port = detour.port(nodeName);
        if (port.isEmpty()) {
            return of(node, pathAndQuery);
        }
        var around = new Backend(Backend.Kind.KUBELET, LOOPBACK, port.getAsInt(), pathAndQuery);
        if (!hasAddress(node)) {
            return around;
        }
        Backend direct = of(node, pathAndQuery);
        return answers(direct) ? direct : around;
    }

    private boolean answers(Backend direct) {
        Long since = silentSince.get(direct.authority());
        if (since != null && System.nanoTime() - since < BELIEVED.toNanos()) {
            return false;
        }
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(direct.host(), direct.port()), (int) CONNECT.toMillis());
            silentSince.remove(direct.authority());
            return true;
        } catch (IOException e) {
            silentSince.put(direct.authority(), System.nanoTime());
            return false;
        }
    }

    private static boolean hasAddress(JsonNode node) {
        return !node.path("status").path("addresses").isEmpty();
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
