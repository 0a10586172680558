package io.kvorum.agent.balancer;

/** Asks a server whether it serves. Called from one thread per server; has a deadline of its own. */
@FunctionalInterface
public interface HealthCheck {
    boolean isServing(ServerAddress server);
}
