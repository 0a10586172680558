package io.kvorum.agent.balancer;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How the balancer listens and how patient it is.
 *
 * @param listen on the loopback; port 0 takes any free one
 * @param file that keeps the list of servers
 * @param serverUrl the address the node was told to join by, which stays the last resort
 * @param spread nodes with different texts prefer different servers
 * @param maxConnections above it a new connection is closed at once
 */
public record BalancerConfig(
        InetSocketAddress listen, Path file, String serverUrl, String spread, int maxConnections, Patience patience) {

    /**
     * @param connect to one server
     * @param firstAnswer of one server, after what the client says first; the last server left gets {@code lastAnswer}
     * @param checkEvery so often each server is asked whether it serves
     * @param steady a server that came back is preferred again after it served for so long
     */
    public record Patience(
            Duration connect, Duration firstAnswer, Duration lastAnswer, Duration checkEvery, Duration steady) {
        /** A server that lost power is left within three seconds, together with the deadline of a check. */
        public static Patience usual() {
            return new Patience(
                    Duration.ofMillis(1200),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(15),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(10));
        }
    }

    /** For one node's traffic: the agent's few connections and whatever tools run on the node. */
    public static BalancerConfig usual(InetSocketAddress listen, Path file, String serverUrl, String nodeName) {
        return new BalancerConfig(listen, file, serverUrl, nodeName, 1024, Patience.usual());
    }
}
