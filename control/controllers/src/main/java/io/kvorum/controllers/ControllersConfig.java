package io.kvorum.controllers;

import java.time.Duration;
import java.util.List;

/** What the controllers must be told; the defaults are upstream's. */
public record ControllersConfig(
        String clusterAuthorityPem,
        List<String> clusterCidrs,
        int nodeMaskIpv4,
        int nodeMaskIpv6,
        Duration nodeMonitorGrace,
        int endedPodsKept,
        String host) {
    public ControllersConfig {
        clusterCidrs = List.copyOf(clusterCidrs);
    }

    /** Upstream's defaults: /24 (/64) per node, 40 s of silence, 12500 ended pods. */
    public static ControllersConfig defaults(String clusterAuthorityPem, List<String> clusterCidrs, String host) {
        return new ControllersConfig(clusterAuthorityPem, clusterCidrs, 24, 64, Duration.ofSeconds(40), 12_500, host);
    }

    public ControllersConfig withNodeMonitorGrace(Duration grace) {
        return new ControllersConfig(
                clusterAuthorityPem, clusterCidrs, nodeMaskIpv4, nodeMaskIpv6, grace, endedPodsKept, host);
    }
}
