package io.kvorum.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How a door listens and what it puts up with.
 *
 * @param listen where to listen; port 0 takes any free port
 * @param bodyLimitBytes of one request's body; reading on throws {@link BodyTooLarge}
 * @param headerLimitBytes of one request's line and headers together
 * @param idleTimeout of a connection that neither waits for an answer nor streams one
 * @param maxConnections above it no connection is accepted until another one closes
 * @param compressAboveBytes responses of a known length above it go out gzipped to those who accept that
 */
public record HttpConfig(
        List<InetSocketAddress> listen,
        long bodyLimitBytes,
        int headerLimitBytes,
        Duration idleTimeout,
        int maxConnections,
        int compressAboveBytes) {
    /** Room for a bearer token with many groups and for cookies of a dashboard. */
    private static final int DEFAULT_HEADER_BYTES = 64 * 1024;
    /** As long as Go clients keep an unused connection. */
    private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(90);

    private static final int DEFAULT_MAX_CONNECTIONS = 4000;
    private static final int DEFAULT_COMPRESS_ABOVE_BYTES = 1024;

    public HttpConfig {
        listen = List.copyOf(listen);
    }

    public static HttpConfig listeningOn(InetSocketAddress... addresses) {
        return new HttpConfig(
                List.of(addresses),
                HttpLimits.DEFAULT_BODY_BYTES,
                DEFAULT_HEADER_BYTES,
                DEFAULT_IDLE_TIMEOUT,
                DEFAULT_MAX_CONNECTIONS,
                DEFAULT_COMPRESS_ABOVE_BYTES);
    }

    public HttpConfig withBodyLimit(long bytes) {
        return new HttpConfig(listen, bytes, headerLimitBytes, idleTimeout, maxConnections, compressAboveBytes);
    }

    public HttpConfig withIdleTimeout(Duration timeout) {
        return new HttpConfig(listen, bodyLimitBytes, headerLimitBytes, timeout, maxConnections, compressAboveBytes);
    }

    public HttpConfig withMaxConnections(int connections) {
        return new HttpConfig(listen, bodyLimitBytes, headerLimitBytes, idleTimeout, connections, compressAboveBytes);
    }
}
