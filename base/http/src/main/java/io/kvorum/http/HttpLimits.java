package io.kvorum.http;

/** Sizes both doors share, so that a call within the process meets the limits it would meet on the wire. */
final class HttpLimits {
    /** Upstream's limit on a request's body: above it etcd's own limit of 1.5 MiB could not be met anyway. */
    static final long DEFAULT_BODY_BYTES = 3L * 1024 * 1024;

    private HttpLimits() {}
}
