package io.kvorum.registry;

import io.kvorum.registry.cache.CacheBudget;
import java.time.Duration;
import java.util.List;

/**
 * What the registry needs to know of the cluster.
 *
 * @param serviceRanges the cluster's service networks in CIDR form, the main one first, such as {@code 10.43.0.0/16}
 * @param nodePorts ports that services may open on nodes
 * @param eventLifetime how long an Event is kept after its last change
 * @param seal how values are kept from whoever reads the store's files
 * @param history how much of the past stays readable before it is compacted
 */
public record RegistryConfiguration(
        List<String> serviceRanges,
        PortRange nodePorts,
        CacheBudget cache,
        Duration eventLifetime,
        Duration history,
        ValueSeal seal) {
    /** K3s's defaults. */
    public static final RegistryConfiguration STANDARD = new RegistryConfiguration(
            List.of("10.43.0.0/16"),
            new PortRange(30000, 32767),
            CacheBudget.STANDARD,
            Duration.ofHours(1),
            Duration.ofMinutes(5),
            ValueSeal.none());

    public RegistryConfiguration {
        serviceRanges = List.copyOf(serviceRanges);
        if (serviceRanges.isEmpty()) {
            throw new IllegalArgumentException("at least one service network is needed, such as 10.43.0.0/16");
        }
    }

    /** Both ends included. */
    public record PortRange(int first, int last) {
        public PortRange {
            if (first < 1 || last > 65535 || first > last) {
                throw new IllegalArgumentException("not a range of ports: " + first + "-" + last);
            }
        }

        public boolean contains(int port) {
            return port >= first && port <= last;
        }

        public int size() {
            return last - first + 1;
        }

        @Override
        public String toString() {
            return first + "-" + last;
        }
    }
}
