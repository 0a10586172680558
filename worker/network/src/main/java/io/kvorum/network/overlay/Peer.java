package io.kvorum.network.overlay;

import io.fabric8.kubernetes.api.model.Node;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Another node as packets find it.
 *
 * @param hardwareAddress of its VXLAN device; empty without VXLAN
 */
record Peer(String node, String podCidr, String address, String hardwareAddress) {
    private static final Pattern HARDWARE_ADDRESS =
            Pattern.compile("\"VtepMAC\"\\s*:\\s*\"([0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5})\"");
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern RANGE = Pattern.compile(ADDRESS.pattern() + "/\\d{1,2}");

    /** The first address of its pods' range: what stands for the node on the VXLAN device. */
    String gateway() {
        return podCidr.substring(0, podCidr.indexOf('/'));
    }

    /** Empty until the node has said all that is needed; what is no address never gets into a command. */
    static Optional<Peer> of(Node node, OverlayConfig.Backend backend) {
        Map<String, String> annotations =
                Optional.ofNullable(node.getMetadata().getAnnotations()).orElse(Map.of());
        String podCidr = node.getSpec() == null ? null : node.getSpec().getPodCIDR();
        String address = annotations.get(Announcement.PUBLIC_ADDRESS);
        boolean speaksOurWay = backend.flannelName().equals(annotations.get(Announcement.BACKEND_TYPE));
        if (podCidr == null
                || address == null
                || !speaksOurWay
                || !RANGE.matcher(podCidr).matches()
                || !ADDRESS.matcher(address).matches()) {
            return Optional.empty();
        }
        String name = node.getMetadata().getName();
        if (backend != OverlayConfig.Backend.VXLAN) {
            return Optional.of(new Peer(name, podCidr, address, ""));
        }
        Matcher hardware = HARDWARE_ADDRESS.matcher(annotations.getOrDefault(Announcement.BACKEND_DATA, ""));
        return hardware.find() ? Optional.of(new Peer(name, podCidr, address, hardware.group(1))) : Optional.empty();
    }
}
