package io.kvorum.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The exchange of one {@link LocalCall}: handled on its own virtual thread, awaited by the caller's. */
final class LocalExchange implements Exchange {
    private static final Logger log = LoggerFactory.getLogger(LocalExchange.class);
    private static final int RING_BYTES = 64 * 1024;
    private static final Duration STALL_LIMIT = Duration.ofSeconds(60);

    private final String method;
    private final String path;
    private final String rawPath;
    private final String rawQuery;
    private final QueryParameters query;
    private final Headers requestHeaders;
    private final InputStream body;
    private final List<X509Certificate> identity;
    private final Headers responseHeaders = new Headers();
    private final CompletableFuture<LocalCall.Response> answer = new CompletableFuture<>();
    private final BoundedPipe pipe = new BoundedPipe(RING_BYTES, STALL_LIMIT, this::cancel);
    private final Thread handler = Thread.ofVirtual().name("local-call").unstarted(this::run);
    private volatile Endpoint endpoint = exchange -> {};
    private volatile boolean isCommitted;

    LocalExchange(
            String method,
            String rawPathAndQuery,
            Headers requestHeaders,
            InputStream body,
            List<X509Certificate> identity) {
        int mark = rawPathAndQuery.indexOf('?');
        this.method = method;
        this.rawPath = mark < 0 ? rawPathAndQuery : rawPathAndQuery.substring(0, mark);
        this.rawQuery = mark < 0 ? "" : rawPathAndQuery.substring(mark + 1);
        this.path = PercentEncoding.decodePath(rawPath);
        this.query = QueryParameters.parse(rawQuery);
        this.requestHeaders = requestHeaders;
        this.body = new LimitedBody(body, HttpLimits.DEFAULT_BODY_BYTES);
        this.identity = identity;
    }

    void start(Endpoint target) {
        endpoint = target;
        handler.start();
    }

    CompletableFuture<LocalCall.Response> answer() {
        return answer;
    }

    void cancel() {
        handler.interrupt();
    }

    private void run() {
        try {
            endpoint.handle(this);
            pipe.end();
            finish(new IOException("the endpoint returned without an answer"));
        } catch (IOException e) {
            finish(e);
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).addKeyValue("request", this).log("endpoint failed");
            finish(new IOException("the endpoint failed: " + e, e));
        }
    }

    /** Fails an answer that never came, and a body that has not ended. */
    private void finish(IOException why) {
        answer.completeExceptionally(why);
        pipe.fail(why);
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String rawPath() {
        return rawPath;
    }

    @Override
    public String rawQuery() {
        return rawQuery;
    }

    @Override
    public QueryParameters query() {
        return query;
    }

    @Override
    public Headers requestHeaders() {
        return requestHeaders;
    }

    @Override
    public List<X509Certificate> peerCertificates() {
        return identity;
    }

    @Override
    public String remoteAddress() {
        return "in-process";
    }

    @Override
    public InputStream body() {
        return body;
    }

    @Override
    public Headers responseHeaders() {
        return responseHeaders;
    }

    @Override
    public OutputStream respond(int status) {
        if (isCommitted) {
            throw new IllegalStateException("the response to " + this + " has already been started");
        }
        isCommitted = true;
        answer.complete(new LocalCall.Response(status, Headers.copyOf(responseHeaders), pipe.reader()));
        return pipe.writer();
    }

    @Override
    public boolean isCommitted() {
        return isCommitted;
    }

    @Override
    public Duplex upgrade() {
        throw new UnsupportedOperationException("an in-process call cannot be upgraded; use the HTTPS door");
    }

    @Override
    public String toString() {
        return method + " " + rawPath;
    }
}
