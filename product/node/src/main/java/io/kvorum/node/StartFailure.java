package io.kvorum.node;

/** The node cannot start, for a reason the operator can do something about; the text is one line. */
public final class StartFailure extends RuntimeException {
    public StartFailure(String message) {
        super(message);
    }

    public StartFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
