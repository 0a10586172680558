package io.kvorum.agent.join;

/** This node cannot join, and trying again will not help; the text says what the operator can do. */
public final class JoinRefused extends RuntimeException {
    JoinRefused(String message) {
        super(message);
    }

    JoinRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
