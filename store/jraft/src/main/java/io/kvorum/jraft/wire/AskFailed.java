package io.kvorum.jraft.wire;

/** A request got no answer. */
public final class AskFailed extends Exception {
    /** How far the request surely did not, or may have, come. */
    public enum Reach {
        /** It never left this member. */
        NOT_SENT,
        /** The peer may have it, and may have acted on it. */
        MAYBE_SENT,
        /** As before, and the time for the answer is over. */
        TIMED_OUT
    }

    private final transient Reach reach;

    AskFailed(Reach reach, String message) {
        super(message, null, false, false);
        this.reach = reach;
    }

    public Reach reach() {
        return reach;
    }
}
