package io.kvorum.etcdctl.wire;

/** The connection could not be prepared or authenticated. */
public final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What the connection failed at. */
    public enum Stage {
        FILES,
        AUTHENTICATION
    }

    private final Stage stage;

    WireException(Stage stage, String message) {
        super(message);
        this.stage = stage;
    }

    public Stage stage() {
        return stage;
    }
}
