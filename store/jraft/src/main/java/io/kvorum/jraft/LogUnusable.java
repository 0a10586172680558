package io.kvorum.jraft;

/** The member's log cannot be opened or started; the text says what was found and what to do. */
public final class LogUnusable extends RuntimeException {
    LogUnusable(String message, Throwable cause) {
        super(message, cause);
    }

    LogUnusable(String message) {
        super(message);
    }
}
