package io.kvorum.network.proxy;

import java.util.List;
import java.util.Optional;

/**
 * One port of one Service as the rules need it. {@code affinitySeconds} is present when a caller stays with the backend it
 * got first; {@code externalAddresses} are load balancer and external addresses.
 */
record ServicePortRules(
        String name,
        String protocol,
        String clusterAddress,
        int port,
        Optional<Integer> nodePort,
        List<String> externalAddresses,
        List<Backend> backends,
        boolean internalLocal,
        boolean externalLocal,
        Optional<Integer> affinitySeconds) {
    ServicePortRules {
        externalAddresses = List.copyOf(externalAddresses);
        backends = List.copyOf(backends);
    }

    /** The backends for callers within the cluster. */
    List<Backend> internalBackends() {
        return internalLocal ? backends.stream().filter(Backend::local).toList() : backends;
    }

    /** The backends for callers from outside. */
    List<Backend> externalBackends() {
        return externalLocal ? backends.stream().filter(Backend::local).toList() : backends;
    }
}
