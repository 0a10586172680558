package io.kvorum.network.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One port of one Service as the rules need it. {@code affinitySeconds} is present when a caller stays with the backend it
 * got first.
 */
record ServicePortRules(
        String name,
        String protocol,
        String clusterAddress,
        int port,
        Outside outside,
        List<Backend> backends,
        boolean internalLocal,
        Optional<Integer> affinitySeconds) {

    /**
     * How callers from outside come in.
     *
     * @param sourceRanges who may come by load balancer addresses; all when empty
     * @param local only to backends of this node, which then see the true source
     */
    record Outside(
            Optional<Integer> nodePort,
            List<String> externalAddresses,
            List<String> balancerAddresses,
            List<String> sourceRanges,
            boolean local) {
        static final Outside NONE = new Outside(Optional.empty(), List.of(), List.of(), List.of(), false);

        Outside {
            externalAddresses = List.copyOf(externalAddresses);
            balancerAddresses = List.copyOf(balancerAddresses);
            sourceRanges = List.copyOf(sourceRanges);
        }

        boolean isEmpty() {
            return nodePort.isEmpty() && externalAddresses.isEmpty() && balancerAddresses.isEmpty();
        }
    }

    ServicePortRules {
        backends = List.copyOf(backends);
    }

    /** The backends for callers within the cluster. */
    List<Backend> internalBackends() {
        return internalLocal ? localBackends() : backends;
    }

    List<Backend> localBackends() {
        return backends.stream().filter(Backend::local).toList();
    }

    /** The key of the address map for this address. */
    String door(String address) {
        return address + " . " + protocol + " . " + port;
    }

    List<String> addresses() {
        List<String> all = new ArrayList<>(List.of(clusterAddress));
        all.addAll(outside.externalAddresses());
        all.addAll(outside.balancerAddresses());
        return all;
    }
}
