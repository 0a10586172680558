package io.kvorum.network.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.kvorum.network.overlay.OverlayConfig.Backend;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PeerRoutesTest {
    private static final Peer H2 = new Peer("h2", "10.42.1.0/24", "192.0.2.12", "02:00:00:00:00:02");
    private static final Peer H2_MOVED = new Peer("h2", "10.42.1.0/24", "192.0.2.22", "02:00:00:00:00:02");

    private static SortedMap<String, Peer> peers(Peer... peers) {
        SortedMap<String, Peer> map = new TreeMap<>();
        for (Peer peer : peers) {
            map.put(peer.podCidr(), peer);
        }
        return map;
    }

    @Test
    void aNewNodeGetsANeighbourAForwardingEntryAndARoute() {
        PeerRoutes routes = PeerRoutes.vxlan(peers(), peers(H2));

        assertThat(routes.routeBatch()).isEqualTo("""
                neigh replace 10.42.1.0 lladdr 02:00:00:00:00:02 dev flannel.1 nud permanent
                route replace 10.42.1.0/24 via 10.42.1.0 dev flannel.1 onlink
                """);
        assertThat(routes.forwardingBatch())
                .isEqualTo("fdb replace 02:00:00:00:00:02 dev flannel.1 dst 192.0.2.12 self permanent\n");
    }

    @Test
    void aNodeThatMovedKeepsItsRoute() {
        PeerRoutes routes = PeerRoutes.vxlan(peers(H2), peers(H2_MOVED));

        assertThat(routes.routeBatch()).doesNotContain("del");
        assertThat(routes.forwardingBatch()).isEqualTo("""
                fdb del 02:00:00:00:00:02 dev flannel.1 dst 192.0.2.12 self
                fdb replace 02:00:00:00:00:02 dev flannel.1 dst 192.0.2.22 self permanent
                """);
    }

    @Test
    void aNodeThatWentLeavesNothing() {
        PeerRoutes routes = PeerRoutes.vxlan(peers(H2), peers());

        assertThat(routes.routeBatch()).contains("route del 10.42.1.0/24").contains("neigh del 10.42.1.0");
        assertThat(routes.forwardingBatch()).contains("fdb del 02:00:00:00:00:02");
    }

    @Test
    void nothingChangedIsNothingToDo() {
        assertThat(PeerRoutes.vxlan(peers(H2), peers(H2)).isEmpty()).isTrue();
        assertThat(PeerRoutes.hostGateway(peers(H2), peers(H2), "eth0").isEmpty())
                .isTrue();
    }

    @Test
    void onOneLinkAPlainRouteIsEnough() {
        assertThat(PeerRoutes.hostGateway(peers(), peers(H2), "eth0").routeBatch())
                .isEqualTo("route replace 10.42.1.0/24 via 192.0.2.12 dev eth0\n");
    }

    @Test
    void whatANodeAnnouncesAnotherUnderstands() {
        var config = new OverlayConfig("h2", "192.0.2.12", "10.42.0.0/16", Backend.VXLAN);
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName("h2")
                .withAnnotations(Announcement.of(config, "02:00:00:00:00:02"))
                .endMetadata()
                .withNewSpec()
                .withPodCIDR("10.42.1.0/24")
                .endSpec()
                .build();

        assertThat(Peer.of(node, Backend.VXLAN)).contains(H2);
        assertThat(Peer.of(node, Backend.HOST_GATEWAY)).isEmpty();
        assertThat(Announcement.patch(Announcement.of(config, "02:00:00:00:00:02")))
                .contains("\"{\\\"VNI\\\":1,\\\"VtepMAC\\\":\\\"02:00:00:00:00:02\\\"}\"");
    }

    @Test
    void anAnnotationThatIsNoAddressIsNoPeer() {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName("h2")
                .addToAnnotations(Announcement.BACKEND_TYPE, "host-gw")
                .addToAnnotations(Announcement.PUBLIC_ADDRESS, "192.0.2.12\nroute flush all")
                .endMetadata()
                .withNewSpec()
                .withPodCIDR("10.42.1.0/24")
                .endSpec()
                .build();

        assertThat(Peer.of(node, Backend.HOST_GATEWAY)).isEmpty();
    }
}
