package io.kvorum.agent.join;

import java.net.InetAddress;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a node must see as its servers do, from the document that a server gives to nodes.
 *
 * @param clusterCidr such as {@code 10.42.0.0/16}
 * @param flannelBackend how packets get from node to node: {@code vxlan}, {@code host-gw} or {@code none}
 * @param isEdgeFailOver whether pods of a dead node are to run elsewhere within half a minute
 * @param isTunnelled whether servers reach kubelets by tunnels that nodes open
 */
public record ClusterSettings(
        String clusterCidr,
        String serviceCidr,
        String clusterDns,
        String clusterDomain,
        String flannelBackend,
        boolean isEdgeFailOver,
        boolean isTunnelled) {
    /**
     * @param document with K3s's names
     * @throws IllegalArgumentException when it is something else
     */
    static ClusterSettings parse(String document) {
        try {
            JsonNode tree = JsonMapper.shared().readTree(document);
            return new ClusterSettings(
                    range(tree, "ClusterIPRange"),
                    range(tree, "ServiceIPRange"),
                    text(tree, "ClusterDNS"),
                    text(tree, "ClusterDomain"),
                    tree.path("FlannelBackend").asString("vxlan"),
                    Boolean.parseBoolean(tree.path("KvorumCriticalFlags")
                            .path("edge-failover")
                            .asString("")),
                    !tree.path("EgressSelectorMode").asString("disabled").equals("disabled"));
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("the cluster's settings are not JSON", malformed);
        }
    }

    private static String text(JsonNode tree, String name) {
        String text = tree.path(name).asString("");
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the cluster's settings lack " + name);
        }
        return text;
    }

    /** As Go writes a network: {@code {"IP":"10.42.0.0","Mask":"//8AAA=="}}. */
    private static String range(JsonNode tree, String name) {
        JsonNode range = tree.path(name);
        String address = text(range, "IP");
        byte[] mask = Base64.getDecoder().decode(text(range, "Mask"));
        int prefix = 0;
        for (byte part : mask) {
            prefix += Integer.bitCount(part & 0xff);
        }
        return InetAddress.ofLiteral(address).getHostAddress() + "/" + prefix;
    }
}
