package io.kvorum.agent.join;

/** No server answered. */
public final class SupervisorUnreachable extends RuntimeException {
    SupervisorUnreachable(String message, Throwable cause) {
        super(message, cause);
    }
}
