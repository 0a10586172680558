package io.kvorum.node.config;

import io.kvorum.node.config.ServerConfig.NodeSettings;
import java.net.URI;
import java.nio.file.Path;

/**
 * Everything an agent is told, checked and complete.
 *
 * @param server such as {@code https://10.0.0.1:6443}: one of the cluster's, or a load balancer before them
 * @param isBalanced whether the node has a load balancer of its own, which finds the servers; else it knows that one alone
 * @param balancerPort of the loopback, which leads to whichever server serves
 */
public record AgentConfig(
        Path dataDir,
        URI server,
        JoinSecret token,
        boolean isBalanced,
        int balancerPort,
        NodeSettings node,
        boolean isVerbose) {
    /** What lets this node in. */
    public record JoinSecret(String text) {
        /** Hides it. */
        @Override
        public String toString() {
            return "JoinSecret[]";
        }
    }

    public Path agentFolder() {
        return dataDir.resolve("agent");
    }
}
