package io.kvorum.http;

import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.HTTP2Cipher;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.WindowRateControl;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jetty, set up as one of our doors: the only class that chooses its settings. Started and stopped once. */
final class JettyDoor {
    private static final Logger log = LoggerFactory.getLogger(JettyDoor.class);
    /** A client of the API keeps one connection with a stream per watch: upstream's 250 is small for dashboards. */
    private static final int MAX_STREAMS = 1000;
    /** Pings, resets and settings a second; an informer that drops all watches at once sends hundreds of resets. */
    private static final int MAX_CONTROL_FRAMES_PER_SECOND = 2000;

    private static final int RESPONSE_HEADER_BYTES = 32 * 1024;
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final HttpConfig config;
    private final RunningRequests running = new RunningRequests();
    private final Server server;
    private final List<ServerConnector> connectors = new ArrayList<>();

    JettyDoor(HttpConfig config, @Nullable Tls tls, Endpoint endpoint) {
        this.config = config;
        this.server = new Server(threads(config.listen().size()));
        for (InetSocketAddress address : config.listen()) {
            connectors.add(connector(address, tls));
        }
        connectors.forEach(server::addConnector);
        server.addBean(new NetworkConnectionLimit(config.maxConnections(), server));
        server.setHandler(new EndpointHandler(endpoint, config, running));
        server.setErrorHandler(JettyDoor::sendPlainError);
        server.setStopTimeout(0);
    }

    void start() {
        for (ServerConnector connector : connectors) {
            open(connector);
        }
        try {
            server.start();
        } catch (Exception e) {
            closeConnectors();
            throw new IllegalStateException("the HTTP server did not start: " + e.getMessage(), e);
        }
    }

    List<InetSocketAddress> addresses() {
        return connectors.stream()
                .map(connector -> new InetSocketAddress(connector.getHost(), connector.getLocalPort()))
                .toList();
    }

    void refuseNew() {
        closeConnectors();
    }

    boolean stop(Duration deadline) {
        running.closeGate();
        closeConnectors();
        boolean isQuiet = running.awaitNone(deadline);
        if (!isQuiet) {
            running.interruptAll();
            running.awaitNone(LAST_WORDS);
        }
        try {
            server.stop();
        } catch (Exception e) {
            log.atWarn().setCause(e).log("http server did not stop cleanly");
        }
        return isQuiet;
    }

    private void open(ServerConnector connector) {
        try {
            connector.open();
        } catch (Exception e) {
            closeConnectors();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new BindFailed(new InetSocketAddress(connector.getHost(), connector.getPort()), cause);
        }
    }

    private void closeConnectors() {
        connectors.forEach(ServerConnector::close);
    }

    /** These threads only move bytes; requests run on virtual threads. Each connector holds two of them. */
    private static QueuedThreadPool threads(int listeners) {
        QueuedThreadPool pool = new QueuedThreadPool(2 * listeners + 8, 2 * listeners + 1);
        pool.setName("http");
        pool.setDaemon(true);
        pool.setReservedThreads(0);
        return pool;
    }

    private ServerConnector connector(InetSocketAddress address, @Nullable Tls tls) {
        HttpConfiguration http = httpConfiguration();
        ConnectionFactory[] factories =
                tls == null ? new ConnectionFactory[] {new HttpConnectionFactory(http)} : secure(http, tls);
        ServerConnector connector = new ServerConnector(server, 1, 1, factories);
        connector.setHost(address.getHostString());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(config.idleTimeout().toMillis());
        connector.setAcceptQueueSize(512);
        return connector;
    }

    private HttpConfiguration httpConfiguration() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(config.headerLimitBytes());
        http.setResponseHeaderSize(RESPONSE_HEADER_BYTES);
        // Jetty never routes by path here: the one decoded path that Exchange shows is all that anyone judges.
        http.setUriCompliance(UriCompliance.UNSAFE);
        return http;
    }

    private static ConnectionFactory[] secure(HttpConfiguration http, Tls tls) {
        http.addCustomizer(new SecureRequestCustomizer(false));
        HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(http);
        http2.setMaxConcurrentStreams(MAX_STREAMS);
        http2.setStreamIdleTimeout(0);
        http2.setRateControlFactory(new WindowRateControl.Factory(MAX_CONTROL_FRAMES_PER_SECOND));
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
        alpn.setDefaultProtocol("http/1.1");
        SslConnectionFactory ssl = new SslConnectionFactory(sslFactory(tls), alpn.getProtocol());
        return new ConnectionFactory[] {ssl, alpn, http2, new HttpConnectionFactory(http)};
    }

    private static SslContextFactory.Server sslFactory(Tls tls) {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setSslContext(sslContext(tls));
        factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        factory.setCipherComparator(HTTP2Cipher.COMPARATOR);
        factory.setSniRequired(false);
        factory.setWantClientAuth(tls.clientCertificates() == Tls.ClientCertificates.WANTED);
        factory.setNeedClientAuth(tls.clientCertificates() == Tls.ClientCertificates.NEEDED);
        return factory;
    }

    private static SSLContext sslContext(Tls tls) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {tls.keys()}, new TrustManager[] {tls.trust()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }

    /** For what Jetty itself refuses, such as a malformed request. */
    private static boolean sendPlainError(Request request, Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
        Content.Sink.write(response, true, HttpStatus.getMessage(response.getStatus()) + "\n", callback);
        return true;
    }
}
