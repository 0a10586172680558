package io.kvorum.kubelet.probe;

/** What a check found; the message says what was wrong. */
public record CheckOutcome(boolean healthy, String message) {
    static final CheckOutcome HEALTHY = new CheckOutcome(true, "");

    public static CheckOutcome unhealthy(String message) {
        return new CheckOutcome(false, message);
    }
}
