package io.kvorum.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Calls an {@link Endpoint} of this process without sockets, as a caller with a fixed identity; any number of threads.
 *
 * <p>Each call runs on a virtual thread of its own. The response's body is a ring of 64 KiB: a slow reader makes the
 * endpoint wait. Waiting has these ends: for the status, the answer deadline (90 s unless told); for a reader that takes
 * nothing, 60 s, after which the endpoint's write fails; a reader waits for as long as the endpoint runs, or until it is
 * interrupted. Closing the body before its end interrupts the endpoint's thread, and its writes fail from then on.
 */
public final class LocalCall {
    /** Longer than the API server's own limit of 60 s, so that its answer wins. */
    private static final Duration ANSWER_DEADLINE = Duration.ofSeconds(90);

    private final Endpoint endpoint;
    private final Supplier<List<X509Certificate>> identity;
    private final Duration answerDeadline;

    private LocalCall(Endpoint endpoint, Supplier<List<X509Certificate>> identity, Duration answerDeadline) {
        this.endpoint = endpoint;
        this.identity = identity;
        this.answerDeadline = answerDeadline;
    }

    /** @param identity the chain the endpoint sees as the caller's, leaf first; empty for none */
    public static LocalCall to(Endpoint endpoint, List<X509Certificate> identity) {
        List<X509Certificate> chain = List.copyOf(identity);
        return to(endpoint, () -> chain);
    }

    /** @param identity asked anew for each call, so that a certificate may be renewed meanwhile */
    public static LocalCall to(Endpoint endpoint, Supplier<List<X509Certificate>> identity) {
        return new LocalCall(endpoint, identity, ANSWER_DEADLINE);
    }

    public LocalCall withAnswerDeadline(Duration deadline) {
        return new LocalCall(endpoint, identity, deadline);
    }

    /**
     * Sends a request and returns as soon as status and headers are known.
     *
     * @param body read by the endpoint's thread; the caller leaves it alone until the response has ended
     * @throws IOException when no status came within the deadline or the endpoint broke before it answered
     */
    public Response send(String method, String rawPathAndQuery, Headers headers, InputStream body) throws IOException {
        LocalExchange exchange =
                new LocalExchange(method, rawPathAndQuery, Headers.copyOf(headers), body, identity.get());
        exchange.start(endpoint);
        try {
            return exchange.answer().get(answerDeadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            exchange.cancel();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the answer to " + exchange);
        } catch (TimeoutException e) {
            exchange.cancel();
            throw new IOException("no answer to %s within %s".formatted(exchange, answerDeadline), e);
        } catch (ExecutionException e) {
            throw new IOException("%s failed: %s".formatted(exchange, e.getCause()), e.getCause());
        }
    }

    /** The answer; close the body, also when it is not read to its end. */
    public record Response(int status, Headers headers, InputStream body) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            body.close();
        }
    }
}
