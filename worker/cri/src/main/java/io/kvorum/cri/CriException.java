package io.kvorum.cri;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** A call to the container runtime failed; {@link #kind()} says what a caller can do about it. */
public final class CriException extends RuntimeException {
    /** What went wrong, as far as a caller acts on it differently. */
    public enum Kind {
        /** The named thing is not there. */
        NOT_FOUND,
        /** The name is taken. */
        ALREADY_EXISTS,
        /** No answer in time. */
        TIMEOUT,
        /** The runtime does not listen, or went away during the call. */
        UNAVAILABLE,
        /** The runtime refused or failed; the message has its words. */
        FAILED
    }

    private final String call;
    private final Kind kind;
    private final String reason;

    CriException(String call, StatusRuntimeException failure) {
        this(call, kindOf(failure.getStatus().getCode()), wordsOf(failure), failure);
    }

    private CriException(String call, Kind kind, String reason, Throwable cause) {
        super("container runtime: " + call + ": " + reason, cause);
        this.call = call;
        this.kind = kind;
        this.reason = reason;
    }

    public String call() {
        return call;
    }

    public Kind kind() {
        return kind;
    }

    /** The runtime's own words, without our prefix. */
    public String reason() {
        return reason;
    }

    private static String wordsOf(StatusRuntimeException failure) {
        String description = failure.getStatus().getDescription();
        return description == null ? failure.getStatus().getCode().name() : description;
    }

    private static Kind kindOf(Status.Code code) {
        return switch (code) {
            case NOT_FOUND -> Kind.NOT_FOUND;
            case ALREADY_EXISTS -> Kind.ALREADY_EXISTS;
            case DEADLINE_EXCEEDED -> Kind.TIMEOUT;
            case UNAVAILABLE -> Kind.UNAVAILABLE;
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    INVALID_ARGUMENT,
                    PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    INTERNAL,
                    DATA_LOSS,
                    UNAUTHENTICATED -> Kind.FAILED;
        };
    }
}
