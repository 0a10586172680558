package io.kvorum.raft;

/** The log cannot answer now; nothing was changed by the call unless the text says so. */
public final class LogUnavailable extends RuntimeException {
    public LogUnavailable(String message) {
        super(message);
    }

    public LogUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
