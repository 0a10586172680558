package io.kvorum.agent.join;

import io.kvorum.pki.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Asks the servers' joining pages, one after the other until one answers. Any thread; each call has a deadline. */
final class SupervisorClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(4);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final int MAX_BYTES = 1 << 20;

    private final List<URI> servers;
    private final HttpClient http;

    /** @param identity what this side shows; null for nothing */
    SupervisorClient(List<URI> servers, X509ExtendedTrustManager trust, @Nullable KeyManager identity) {
        this.servers = List.copyOf(servers);
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(Trust.clientContext(trust, identity))
                .connectTimeout(CONNECT)
                .executor(task -> Thread.ofVirtual().name("join-http").start(task))
                .build();
    }

    String read(String path, Map<String, String> headers) {
        return ask(path, headers, null);
    }

    String send(String path, Map<String, String> headers, byte[] body) {
        return ask(path, headers, body);
    }

    /**
     * @throws SupervisorRefused when a server answered with anything but success
     * @throws SupervisorUnreachable when none answered
     */
    private String ask(String path, Map<String, String> headers, byte @Nullable [] body) {
        SupervisorUnreachable last = new SupervisorUnreachable("there is no server to ask", new IOException());
        for (URI server : servers) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(server.resolve(path)).timeout(ANSWER);
            headers.forEach(request::header);
            if (body != null) {
                request.POST(BodyPublishers.ofByteArray(body));
            }
            try {
                return answer(path, http.send(request.build(), BodyHandlers.ofInputStream()));
            } catch (IOException failure) {
                last = new SupervisorUnreachable(
                        "no answer from %s: %s".formatted(server.getAuthority(), reason(failure)), failure);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
                throw new SupervisorUnreachable("interrupted while asking " + server.getAuthority(), ended);
            }
        }
        throw last;
    }

    private static String reason(IOException failure) {
        if (failure.getMessage() != null) {
            return failure.getMessage();
        }
        return failure instanceof ConnectException
                ? "connection refused"
                : failure.getClass().getSimpleName();
    }

    private static String answer(String path, HttpResponse<InputStream> response) throws IOException {
        try (InputStream in = response.body()) {
            String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            if (response.statusCode() != 200) {
                throw new SupervisorRefused(path, response.statusCode(), said(text));
            }
            return text;
        }
    }

    /** The message of a Status, or what else was said. */
    private static String said(String text) {
        try {
            return JsonMapper.shared()
                    .readTree(text)
                    .path("message")
                    .asString(text)
                    .strip();
        } catch (JacksonException plain) {
            return text.strip();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
