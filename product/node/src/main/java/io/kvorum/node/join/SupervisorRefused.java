package io.kvorum.node.join;

/** A server answered, and not with what was asked for; the text is for people. */
public final class SupervisorRefused extends RuntimeException {
    private final int status;

    public SupervisorRefused(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }

    /** Whether the same request may succeed later. */
    public boolean isPassing() {
        return status >= 500 || status == 429;
    }
}
