package io.kvorum.agent.join;

/** A server answered, and said no; the text is the server's. */
public final class SupervisorRefused extends RuntimeException {
    private final int status;

    SupervisorRefused(String asked, int status, String said) {
        super("the server refuses %s (%d): %s".formatted(asked, status, said));
        this.status = status;
    }

    public int status() {
        return status;
    }

    /** Whether asking again can help: a busy or starting server, but no wrong token. */
    boolean isForNow() {
        return status == 429 || status >= 500;
    }
}
