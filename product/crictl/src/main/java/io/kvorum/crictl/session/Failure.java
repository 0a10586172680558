package io.kvorum.crictl.session;

/** A command could not do its work, or one that it ran in a container ended badly: the process ends with that code. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    public Failure(String text) {
        this(1, text);
    }

    /** Ends with that code; an empty text says nothing, since the command has said it already. */
    public Failure(int exitCode, String text) {
        super(text, null, false, false);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
