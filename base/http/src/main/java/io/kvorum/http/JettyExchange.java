package io.kvorum.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One request of Jetty, used by the virtual thread that answers it. */
final class JettyExchange implements Exchange {
    private static final int GZIP_BUFFER_BYTES = 8 * 1024;

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final HttpConfig config;
    private final String path;
    private final QueryParameters query;
    private final Headers requestHeaders = new Headers();
    private final Headers responseHeaders = new Headers();
    private @Nullable InputStream body;
    private @Nullable OutputStream output;
    private boolean isUpgraded;

    JettyExchange(Request request, Response response, Callback callback, HttpConfig config) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.config = config;
        this.path = PercentEncoding.decodePath(rawPath());
        this.query = QueryParameters.parse(rawQuery());
        request.getHeaders().forEach(field -> requestHeaders.add(field.getName(), orEmpty(field.getValue())));
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String rawPath() {
        return orEmpty(request.getHttpURI().getPath());
    }

    @Override
    public String rawQuery() {
        return orEmpty(request.getHttpURI().getQuery());
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
        Object tls = request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE);
        X509Certificate[] chain = tls instanceof EndPoint.SslSessionData data ? data.peerCertificates() : null;
        return chain == null ? List.of() : List.of(chain);
    }

    @Override
    public String remoteAddress() {
        SocketAddress remote = request.getConnectionMetaData().getRemoteSocketAddress();
        return remote instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(remote);
    }

    @Override
    public InputStream body() throws IOException {
        if (request.getLength() > config.bodyLimitBytes()) {
            throw new BodyTooLarge(config.bodyLimitBytes());
        }
        if (body == null) {
            body = new LimitedBody(Request.asInputStream(request), config.bodyLimitBytes());
        }
        return body;
    }

    @Override
    public Headers responseHeaders() {
        return responseHeaders;
    }

    @Override
    public OutputStream respond(int status) throws IOException {
        if (isCommitted()) {
            throw new IllegalStateException("the response to " + this + " has already been started");
        }
        boolean compresses = status == HttpStatus.OK_200 && isWorthCompressing();
        if (compresses) {
            responseHeaders.remove("Content-Length");
            responseHeaders.set("Content-Encoding", "gzip");
            responseHeaders.add("Vary", "Accept-Encoding");
        }
        sendHeaders(status);
        OutputStream plain = new ResponseBody(response, callback);
        output = compresses ? new GZIPOutputStream(plain, GZIP_BUFFER_BYTES, true) : plain;
        return output;
    }

    @Override
    public boolean isCommitted() {
        return output != null || isUpgraded;
    }

    @Override
    public Duplex upgrade() throws IOException {
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_1) {
            throw new UnsupportedOperationException("only an HTTP/1.1 connection can be upgraded");
        }
        RawConnection raw = new RawConnection(
                request.getConnectionMetaData().getConnection().getEndPoint(),
                request.getComponents().getExecutor());
        request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, raw);
        sendHeaders(HttpStatus.SWITCHING_PROTOCOLS_101);
        isUpgraded = true;
        callback.succeeded();
        raw.awaitOpen();
        return raw.duplex();
    }

    /** The endpoint has returned: its answer is complete, or there is none. */
    void finish() throws IOException {
        if (isUpgraded) {
            return;
        }
        if (output == null) {
            fail(HttpStatus.INTERNAL_SERVER_ERROR_500, new IOException("the endpoint gave no answer"));
        } else {
            output.close();
        }
    }

    /** Sends an error, or breaks the response off where it already has begun. */
    void fail(int status, Throwable cause) {
        if (isUpgraded) {
            return;
        }
        if (output == null) {
            Response.writeError(request, response, callback, status, cause.getMessage());
        } else {
            callback.failed(cause);
        }
    }

    private void sendHeaders(int status) {
        response.setStatus(status);
        responseHeaders.forEach((name, value) -> response.getHeaders().add(name, value));
    }

    private boolean isWorthCompressing() {
        boolean isAccepted = requestHeaders.all("Accept-Encoding").stream()
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("gzip"));
        return isAccepted
                && !method().equals("HEAD")
                && responseHeaders.first("Content-Encoding").isEmpty()
                && responseHeaders
                        .first("Content-Length")
                        .map(Long::parseLong)
                        .filter(length -> length > config.compressAboveBytes())
                        .isPresent();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    @Override
    public String toString() {
        return method() + " " + rawPath();
    }
}
