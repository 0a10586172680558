package io.kvorum.snapshot.s3;

/** A bucket did not do what was asked; the message says what was attempted and found. Immutable. */
public final class BucketFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BucketFailure(String message) {
        super(message);
    }

    BucketFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
