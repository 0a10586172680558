package io.kvorum.pki;

import java.util.List;
import java.util.Set;

/**
 * What a leaf certificate says.
 *
 * @param organizations the groups of a Kubernetes user
 * @param names subject alternative names: DNS names and IP addresses (told apart by their form), and URIs with a scheme
 */
public record LeafProfile(String commonName, List<String> organizations, List<String> names, Set<Usage> usages) {
    /** What the holder may use it for. */
    public enum Usage {
        SERVER,
        CLIENT
    }

    public LeafProfile {
        organizations = List.copyOf(organizations);
        names = List.copyOf(names);
        usages = Set.copyOf(usages);
    }

    public static LeafProfile client(String commonName, String... organizations) {
        return new LeafProfile(commonName, List.of(organizations), List.of(), Set.of(Usage.CLIENT));
    }

    public static LeafProfile server(String commonName, List<String> names) {
        return new LeafProfile(commonName, List.of(), names, Set.of(Usage.SERVER));
    }

    public static LeafProfile peer(String commonName, List<String> names) {
        return new LeafProfile(commonName, List.of(), names, Set.of(Usage.SERVER, Usage.CLIENT));
    }
}
