package io.kvorum.network.overlay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** From the peers that were to those that are, as lines for {@code ip -batch} and {@code bridge -batch}. Pure. */
record PeerRoutes(List<String> routes, List<String> forwarding) {
    PeerRoutes {
        routes = List.copyOf(routes);
        forwarding = List.copyOf(forwarding);
    }

    /** Both maps by pod range; what is gone goes first. */
    static PeerRoutes vxlan(SortedMap<String, Peer> before, SortedMap<String, Peer> after) {
        String device = " dev " + VxlanDevice.NAME;
        List<String> routes = new ArrayList<>();
        List<String> forwarding = new ArrayList<>();
        for (Peer gone : missing(before, after).values()) {
            if (!after.containsKey(gone.podCidr())) {
                routes.add("route del " + gone.podCidr() + " via " + gone.gateway() + device);
                routes.add("neigh del " + gone.gateway() + device);
            }
            forwarding.add("fdb del " + gone.hardwareAddress() + device + " dst " + gone.address() + " self");
        }
        for (Peer fresh : missing(after, before).values()) {
            routes.add("neigh replace " + fresh.gateway() + " lladdr " + fresh.hardwareAddress() + device
                    + " nud permanent");
            forwarding.add(
                    "fdb replace " + fresh.hardwareAddress() + device + " dst " + fresh.address() + " self permanent");
            routes.add("route replace " + fresh.podCidr() + " via " + fresh.gateway() + device + " onlink");
        }
        return new PeerRoutes(routes, forwarding);
    }

    static PeerRoutes hostGateway(SortedMap<String, Peer> before, SortedMap<String, Peer> after, String device) {
        List<String> routes = new ArrayList<>();
        missing(before, after).values().stream()
                .filter(gone -> !after.containsKey(gone.podCidr()))
                .forEach(gone -> routes.add("route del " + gone.podCidr() + " via " + gone.address()));
        missing(after, before)
                .values()
                .forEach(fresh ->
                        routes.add("route replace " + fresh.podCidr() + " via " + fresh.address() + " dev " + device));
        return new PeerRoutes(routes, List.of());
    }

    boolean isEmpty() {
        return routes.isEmpty() && forwarding.isEmpty();
    }

    String routeBatch() {
        return batch(routes);
    }

    String forwardingBatch() {
        return batch(forwarding);
    }

    private static String batch(List<String> lines) {
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static SortedMap<String, Peer> missing(Map<String, Peer> one, Map<String, Peer> other) {
        SortedMap<String, Peer> missing = new TreeMap<>();
        one.forEach((range, peer) -> {
            if (!peer.equals(other.get(range))) {
                missing.put(range, peer);
            }
        });
        return missing;
    }
}
