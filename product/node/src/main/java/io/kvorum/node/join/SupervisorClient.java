package io.kvorum.node.join;

import io.kvorum.pki.AnyServerTrust;
import io.kvorum.pki.Pem;
import io.kvorum.pki.PinnedServerTrust;
import io.kvorum.pki.ServerToken;
import io.kvorum.pki.Trust;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.X509ExtendedTrustManager;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server's supervisor as one sees it who has a token: the first contact brings the cluster's authority, which the token
 * pins; everything after it is believed only from servers of that authority, by whatever address. Any thread; calls block.
 */
public final class SupervisorClient implements AutoCloseable {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

    private final URI server;
    private final ServerToken token;
    private final String caPem;
    private final HttpClient http;

    private SupervisorClient(URI server, ServerToken token, String caPem) {
        this.server = server;
        this.token = token;
        this.caPem = caPem;
        this.http = client(new PinnedServerTrust(Pem.certificatesIn(caPem)));
    }

    /**
     * Fetches the cluster's authority and holds it against the token.
     *
     * @throws IOException when nobody answers; may be tried again
     * @throws SupervisorRefused when it is another cluster's
     */
    public static SupervisorClient connect(URI server, ServerToken token) throws IOException {
        String caPem;
        try (HttpClient anybody = client(new AnyServerTrust())) {
            var request = HttpRequest.newBuilder(server.resolve("/cacerts"))
                    .timeout(ANSWER_LIMIT)
                    .build();
            caPem = new String(send(anybody, request), StandardCharsets.UTF_8);
        }
        String hash = ServerToken.hash(caPem);
        if (token.caHash() != null && !token.caHash().equalsIgnoreCase(hash)) {
            throw new SupervisorRefused(
                    403,
                    "the token is of another cluster than %s: it pins the authority %s, that server shows %s. "
                                    .formatted(server, token.caHash(), hash)
                            + "Copy the token anew from server/token of a server of the right cluster, "
                            + "or give the right address");
        }
        return new SupervisorClient(server, new ServerToken(hash, token.user(), token.password()), caPem);
    }

    /** Another server of the same cluster, believed by the authority that is known already. */
    public SupervisorClient at(URI otherServer) {
        return new SupervisorClient(otherServer, token, caPem);
    }

    public URI server() {
        return server;
    }

    /** The bytes of {@code /cacerts}. */
    public String caPem() {
        return caPem;
    }

    /** The token with the hash of the authority in it. */
    public ServerToken token() {
        return token;
    }

    /** @throws SupervisorRefused for every answer but success */
    public byte[] get(String path, Map<String, String> headers) throws IOException {
        return send(http, request(path, headers).build());
    }

    /** @throws SupervisorRefused for every answer but success */
    public byte[] post(String path, Map<String, String> headers, byte[] body, Duration limit) throws IOException {
        return send(
                http,
                request(path, headers)
                        .timeout(limit)
                        .POST(BodyPublishers.ofByteArray(body))
                        .build());
    }

    /** @throws SupervisorRefused for every answer but success */
    public byte[] put(String path, byte[] body, Duration limit) throws IOException {
        return send(
                http,
                request(path, Map.of("Content-Type", "application/json"))
                        .timeout(limit)
                        .PUT(BodyPublishers.ofByteArray(body))
                        .build());
    }

    private HttpRequest.Builder request(String path, Map<String, String> headers) {
        var request = HttpRequest.newBuilder(server.resolve(path))
                .timeout(ANSWER_LIMIT)
                .header("Authorization", token.authorization());
        headers.forEach(request::header);
        return request;
    }

    private static byte[] send(HttpClient client, HttpRequest request) throws IOException {
        HttpResponse<byte[]> response;
        try {
            response = client.send(request, BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asking " + request.uri());
        }
        if (response.statusCode() / 100 == 2) {
            return response.body();
        }
        throw new SupervisorRefused(response.statusCode(), request.uri() + ": " + message(response.body()));
    }

    /** The text of a Kubernetes Status, or what was sent instead. */
    private static String message(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        try {
            String message = JsonMapper.shared().readTree(text).path("message").asString("");
            return message.isEmpty() ? text : message;
        } catch (JacksonException e) {
            return text;
        }
    }

    private static HttpClient client(X509ExtendedTrustManager trust) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_LIMIT)
                .sslContext(Trust.clientContext(trust, null))
                .build();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
