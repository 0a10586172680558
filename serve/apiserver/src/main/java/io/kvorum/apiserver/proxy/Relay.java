package io.kvorum.apiserver.proxy;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.http.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Moves a request to a backend and its answer back, flushing as it comes; any thread. */
final class Relay {
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(10);
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int ERROR_BYTES = 2048;
    /** Between two neighbours on a way only, or a secret that the backend has no business to see. */
    private static final List<String> NOT_PASSED_ON = List.of(
            "connection",
            "upgrade",
            "keep-alive",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "content-length",
            "host",
            "expect",
            "http2-settings",
            "authorization");

    private record Client(SSLContext context, HttpClient http) {}

    private final Supplier<SSLContext> kubeletTls;
    private final SSLContext podTls = AnyCertificate.context();
    private final HttpClient podClient = client(podTls);
    private volatile @Nullable Client kubeletClient;

    Relay(Supplier<SSLContext> kubeletTls) {
        this.kubeletTls = kubeletTls;
    }

    static boolean isPassedOn(String header) {
        String lower = header.toLowerCase(Locale.ROOT);
        return !NOT_PASSED_ON.contains(lower) && !lower.startsWith("impersonate-");
    }

    /** A container's log; a kubelet's refusal becomes our own. */
    void log(Exchange exchange, Backend backend) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(backend.uri()).build();
        HttpResponse<InputStream> response = send(backend, request);
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw refusal(response.statusCode(), text(body));
            }
            exchange.responseHeaders().set("Content-Type", "text/plain").set("Cache-Control", "no-cache, private");
            pump(body, exchange.respond(200));
        }
    }

    void plain(Exchange exchange, Backend backend) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(backend.uri());
        exchange.requestHeaders().forEach((name, value) -> {
            if (isPassedOn(name)) {
                request.header(name, value);
            }
        });
        request.header("X-Forwarded-For", exchange.remoteAddress()).header("X-Forwarded-Uri", exchange.rawPath());
        InputStream sent = exchange.body();
        request.method(
                exchange.method(),
                List.of("GET", "HEAD", "OPTIONS").contains(exchange.method())
                        ? BodyPublishers.noBody()
                        : BodyPublishers.ofInputStream(() -> sent));
        HttpResponse<InputStream> response = send(backend, request.build());
        try (InputStream body = response.body()) {
            response.headers().map().forEach((name, values) -> {
                if (!name.startsWith(":") && isPassedOn(name)) {
                    values.forEach(value -> exchange.responseHeaders().add(name, value));
                }
            });
            pump(body, exchange.respond(response.statusCode()));
        }
    }

    /** Exec, attach, port-forward and what else leaves HTTP behind: byte by byte, in both directions. */
    void upgrade(Exchange exchange, Backend backend) throws IOException {
        if (exchange.requestHeaders().first("Upgrade").isEmpty()) {
            throw ApiException.badRequest("Upgrade request required");
        }
        SSLContext context = backend.kind() == Backend.Kind.KUBELET ? kubeletTls.get() : podTls;
        try (UpgradedConnection connection = open(backend, context)) {
            connection.request(exchange, backend);
            ResponseHead head = connection.readHead();
            if (head.status() != 101) {
                passRefusal(exchange, head, connection.readBody(head));
                return;
            }
            head.headers().forEach((name, value) -> exchange.responseHeaders().add(name, value));
            try (Exchange.Duplex caller = exchange.upgrade()) {
                connection.join(caller);
            }
        }
    }

    private static UpgradedConnection open(Backend backend, SSLContext context) {
        try {
            return UpgradedConnection.open(backend, context, CONNECT_DEADLINE);
        } catch (IOException e) {
            throw unreachable(backend, e);
        }
    }

    private static void passRefusal(Exchange exchange, ResponseHead head, byte[] body) throws IOException {
        String type = head.headers().first("Content-Type").orElse("text/plain");
        if (type.startsWith("application/json")) {
            exchange.respond(head.status(), type, body);
        } else {
            throw refusal(head.status(), new String(body, StandardCharsets.UTF_8).strip());
        }
    }

    private HttpResponse<InputStream> send(Backend backend, HttpRequest request) throws IOException {
        HttpClient client = backend.kind() == Backend.Kind.KUBELET ? kubeletClient() : podClient;
        try {
            return client.send(request, BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + backend.authority());
        } catch (IOException e) {
            throw unreachable(backend, e);
        }
    }

    /** A new one when certificates were renewed; the old one ends by itself with its last connection. */
    private HttpClient kubeletClient() {
        SSLContext context = kubeletTls.get();
        Client known = kubeletClient;
        if (known == null || !known.context().equals(context)) {
            known = new Client(context, client(context));
            kubeletClient = known;
        }
        return known.http();
    }

    private static HttpClient client(SSLContext context) {
        return HttpClient.newBuilder()
                .sslContext(context)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_DEADLINE)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    private static void pump(InputStream from, OutputStream to) throws IOException {
        try (to) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                to.write(buffer, 0, count);
                if (from.available() == 0) {
                    to.flush();
                }
            }
        }
    }

    private static String text(InputStream body) throws IOException {
        return new String(body.readNBytes(ERROR_BYTES), StandardCharsets.UTF_8).strip();
    }

    private static ApiException refusal(int status, String text) {
        return switch (status) {
            case 400 -> ApiException.badRequest(text);
            case 404 ->
                new ApiException(new io.kvorum.apimachinery.status.ApiStatus(
                        404, "NotFound", "the server could not find the requested resource: " + text, null));
            case 503 -> ApiException.unavailable(text, 0);
            default -> ApiException.internal(text.isEmpty() ? "the node answered " + status : text);
        };
    }

    private static ApiException unreachable(Backend backend, IOException cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return backend.kind() == Backend.Kind.KUBELET
                ? ApiException.internal("cannot reach the kubelet at %s: %s".formatted(backend.authority(), reason))
                : ApiException.unavailable("error trying to reach service: " + backend.authority() + ": " + reason, 0);
    }
}
