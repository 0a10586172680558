package io.kvorum.network.overlay;

/** The kernel did not take a route to another node. */
public final class RoutesRefused extends RuntimeException {
    RoutesRefused(String said) {
        super("the kernel refused routes to other nodes: %s; look at `ip route` and at the addresses of the nodes"
                .formatted(said));
    }
}
