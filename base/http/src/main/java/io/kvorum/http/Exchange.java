package io.kvorum.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * One request and the way to answer it. Used by the one thread that handles the request; implemented by the HTTPS
 * server and by the in-process call.
 */
public interface Exchange {
    /** Upper case, such as {@code GET}. */
    String method();

    /** The decoded path, such as {@code /api/v1/pods}; never with a query. */
    String path();

    /** The raw, still encoded path, for proxying. */
    String rawPath();

    /** The raw query without the question mark; empty if there is none. */
    String rawQuery();

    /** The decoded query parameters in the order they came. */
    QueryParameters query();

    /** Request headers; names are case-insensitive. */
    Headers requestHeaders();

    /** The verified chain of the caller's TLS certificate, leaf first; empty without one. */
    List<X509Certificate> peerCertificates();

    /** The caller's address for logs and audit, such as {@code 10.0.0.1:43210}; {@code in-process} for our own parts. */
    String remoteAddress();

    /** The request's body as a stream; reading past the limit of the door throws {@link BodyTooLarge}. */
    InputStream body() throws IOException;

    /** Response headers; may be changed until {@link #respond} is called. */
    Headers responseHeaders();

    /**
     * Sends status and headers and gives the stream for the body. Call it once. {@code flush()} on the stream pushes what
     * was written to the caller; {@code close()} ends the response.
     */
    OutputStream respond(int status) throws IOException;

    /** Whether the response has been started. */
    boolean isCommitted();

    /**
     * Sends 101 with the response headers set so far and gives the raw connection, both ways (HTTP/1.1 only).
     *
     * @throws UnsupportedOperationException when this door cannot (HTTP/2, in-process)
     */
    Duplex upgrade() throws IOException;

    /** The raw bytes behind an upgraded connection; half-close by closing {@link #output()}. */
    interface Duplex extends AutoCloseable {
        InputStream input();

        OutputStream output();

        @Override
        void close();
    }

    /** Sends a whole small response. */
    default void respond(int status, String contentType, byte[] body) throws IOException {
        responseHeaders().set("Content-Type", contentType);
        responseHeaders().set("Content-Length", Integer.toString(body.length));
        try (OutputStream out = respond(status)) {
            if (!method().equals("HEAD")) {
                out.write(body);
            }
        }
    }
}
