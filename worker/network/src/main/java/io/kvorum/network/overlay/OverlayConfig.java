package io.kvorum.network.overlay;

/**
 * What the network between nodes is told at start; immutable.
 *
 * @param nodeAddress where other nodes reach this one
 * @param clusterCidr the range of all pods, such as {@code 10.42.0.0/16}
 */
public record OverlayConfig(String nodeName, String nodeAddress, String clusterCidr, Backend backend) {
    /** How packets get from node to node. */
    public enum Backend {
        /** Inside UDP packets: works wherever nodes reach each other. */
        VXLAN("vxlan", 50),
        /** By plain routes: for nodes of one link. */
        HOST_GATEWAY("host-gw", 0);

        private final String flannelName;
        private final int headerBytes;

        Backend(String flannelName, int headerBytes) {
            this.flannelName = flannelName;
            this.headerBytes = headerBytes;
        }

        /** As in flannel's annotations and K3s's {@code --flannel-backend}. */
        public String flannelName() {
            return flannelName;
        }

        /** What of a packet the way itself needs. */
        int headerBytes() {
            return headerBytes;
        }
    }

    /**
     * The largest packet of a pod on this node.
     *
     * @throws UplinkUnknown when no device has the node's address
     */
    public int podMtuBytes() {
        return Uplink.of(nodeAddress).mtuBytes() - backend.headerBytes();
    }
}
