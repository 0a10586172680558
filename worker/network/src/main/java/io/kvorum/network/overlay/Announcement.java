package io.kvorum.network.overlay;

import java.util.SortedMap;
import java.util.TreeMap;

/** What a node says about itself in annotations, the same as flannel, so that both understand each other. */
final class Announcement {
    static final String BACKEND_TYPE = "flannel.alpha.coreos.com/backend-type";
    static final String BACKEND_DATA = "flannel.alpha.coreos.com/backend-data";
    static final String PUBLIC_ADDRESS = "flannel.alpha.coreos.com/public-ip";
    static final String SUBNET_MANAGER = "flannel.alpha.coreos.com/kube-subnet-manager";

    private Announcement() {}

    static SortedMap<String, String> of(OverlayConfig config, String hardwareAddress) {
        SortedMap<String, String> annotations = new TreeMap<>();
        annotations.put(BACKEND_TYPE, config.backend().flannelName());
        annotations.put(
                BACKEND_DATA,
                config.backend() == OverlayConfig.Backend.VXLAN
                        ? "{\"VNI\":%d,\"VtepMAC\":\"%s\"}".formatted(VxlanDevice.NETWORK, hardwareAddress)
                        : "null");
        annotations.put(PUBLIC_ADDRESS, config.nodeAddress());
        annotations.put(SUBNET_MANAGER, "true");
        return annotations;
    }

    /** As a merge patch. */
    static String patch(SortedMap<String, String> annotations) {
        StringBuilder out = new StringBuilder("{\"metadata\":{\"annotations\":{");
        String comma = "";
        for (var each : annotations.entrySet()) {
            out.append(comma).append('"').append(each.getKey()).append("\":\"");
            out.append(each.getValue().replace("\"", "\\\"")).append('"');
            comma = ",";
        }
        return out.append("}}}").toString();
    }
}
