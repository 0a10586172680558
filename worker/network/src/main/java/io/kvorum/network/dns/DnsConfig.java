package io.kvorum.network.dns;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * What cluster DNS is told at start; immutable.
 *
 * @param serviceAddress what pods ask, such as {@code 10.43.0.10}
 * @param listen where this node's server listens in truth: an address of this node alone, never a wildcard
 * @param domain such as {@code cluster.local}
 * @param ownRanges the ranges of pods and Services; no other server is asked for names of their addresses
 * @param resolvConf names the servers that are asked for everything else
 */
public record DnsConfig(
        String serviceAddress, InetSocketAddress listen, String domain, List<String> ownRanges, Path resolvConf) {
    /** The address known from NodeLocal DNSCache; it never leaves the node. */
    public static final String LOCAL_ADDRESS = "169.254.20.10";

    public DnsConfig {
        ownRanges = List.copyOf(ownRanges);
    }

    /** Listening on {@link #LOCAL_ADDRESS}, port 53. */
    public static DnsConfig usual(String serviceAddress, String domain, List<String> ownRanges, Path resolvConf) {
        return new DnsConfig(serviceAddress, new InetSocketAddress(LOCAL_ADDRESS, 53), domain, ownRanges, resolvConf);
    }
}
