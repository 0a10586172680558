package io.kvorum.agent.balancer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Asks {@code /ping} over TLS, over the same connection as long as it lives. Whether the server's name must fit is up to
 * the given trust: a server may be reached by an address that its certificate does not know yet.
 */
public final class PingCheck implements HealthCheck, AutoCloseable {
    private final Duration deadline;
    private final HttpClient http;

    /** @param trust in the cluster's server authority */
    public PingCheck(X509ExtendedTrustManager trust, Duration deadline) {
        this.deadline = deadline;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(context(trust))
                .connectTimeout(deadline)
                .executor(task -> Thread.ofVirtual().name("server-check-http").start(task))
                .build();
    }

    private static SSLContext context(X509ExtendedTrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    @Override
    public boolean isServing(ServerAddress server) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://" + server.authority() + "/ping"))
                .timeout(deadline)
                .build();
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException | SecurityException unreachable) {
            return false;
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
