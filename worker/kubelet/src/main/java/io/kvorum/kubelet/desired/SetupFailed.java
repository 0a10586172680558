package io.kvorum.kubelet.desired;

/** A container or volume cannot be set up yet; {@code reason} is the one kubectl shows, and it is tried again. */
public final class SetupFailed extends RuntimeException {
    private final String reason;

    public SetupFailed(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }

    public String message() {
        return String.valueOf(getMessage());
    }
}
