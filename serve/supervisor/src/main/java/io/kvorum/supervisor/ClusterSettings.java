package io.kvorum.supervisor;

import java.net.InetAddress;
import java.util.Base64;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What all nodes of a cluster must see in the same way, as {@code /v1-k3s/config} tells it.
 *
 * @param clusterCidr such as {@code 10.42.0.0/16}
 * @param critical by flag, without dashes: the settings that must be the same on all servers
 */
public record ClusterSettings(
        String clusterCidr,
        String serviceCidr,
        String clusterDns,
        String clusterDomain,
        String flannelBackend,
        SortedMap<String, String> critical) {
    /** Our own member of the document; the others bear K3s's names. */
    public static final String CRITICAL = "KvorumCriticalFlags";

    /** The flag by which servers are told how to reach nodes. */
    private static final String EGRESS = "egress-selector-mode";

    public ClusterSettings {
        critical = Collections.unmodifiableSortedMap(new TreeMap<>(critical));
    }

    ObjectNode document() {
        ObjectNode document = JsonMapper.shared().createObjectNode();
        putRange(document, "ClusterIPRange", clusterCidr);
        putRange(document, "ServiceIPRange", serviceCidr);
        document.put("ClusterDNS", clusterDns);
        document.putArray("ClusterDNSs").add(clusterDns);
        document.put("ClusterDomain", clusterDomain);
        document.put("FlannelBackend", flannelBackend);
        document.put("EgressSelectorMode", critical.getOrDefault(EGRESS, "agent"));
        ObjectNode flags = document.putObject(CRITICAL);
        critical.forEach(flags::put);
        return document;
    }

    /** As Go writes a network: address and mask, and the same again as a list. */
    private static void putRange(ObjectNode document, String name, String cidr) {
        int slash = cidr.indexOf('/');
        String address = cidr.substring(0, slash);
        int prefix = Integer.parseInt(cidr.substring(slash + 1));
        byte[] mask = new byte[InetAddress.ofLiteral(address).getAddress().length];
        for (int bit = 0; bit < prefix; bit++) {
            mask[bit / 8] |= (byte) (0x80 >> (bit % 8));
        }
        ObjectNode range = JsonMapper.shared()
                .createObjectNode()
                .put("IP", address)
                .put("Mask", Base64.getEncoder().encodeToString(mask));
        document.set(name, range);
        document.putArray(name + "s").add(range.deepCopy());
    }
}
