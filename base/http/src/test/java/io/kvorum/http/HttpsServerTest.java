package io.kvorum.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.http.Tls.ClientCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class HttpsServerTest {
    private TestAuthority authority;
    private @Nullable HttpsServer server;

    @BeforeEach
    void makeAuthority() throws Exception {
        authority = new TestAuthority("door-ca");
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(Duration.ZERO);
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void bothProtocolsAreSpoken(HttpClient.Version version) throws Exception {
        start(exchange -> {
            byte[] body = exchange.body().readAllBytes();
            exchange.responseHeaders().set("X-Seen", exchange.path() + "|" + exchange.rawQuery());
            exchange.respond(201, "text/plain", body);
        });
        HttpResponse<String> response = client(version)
                .send(
                        request("/a%20b/c%2Fd?x=1&y=%20")
                                .POST(HttpRequest.BodyPublishers.ofString("hello"))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(response.version()).isEqualTo(version);
        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.headers().firstValue("X-Seen")).contains("/a b/c/d|x=1&y=%20");
        assertThat(response.body()).isEqualTo("hello");
    }

    @Test
    void aCallerIsKnownByItsCertificate() throws Exception {
        start(HttpsServerTest::sayWhoIsThere);
        SSLContext withIdentity =
                authority.clientContext(authority.issue("CN=alice,O=admins").keyManager());
        assertThat(text(client(withIdentity, HttpClient.Version.HTTP_2), "/")).contains("CN=alice", "O=admins");
        assertThat(text(client(HttpClient.Version.HTTP_1_1), "/")).isEqualTo("nobody");
    }

    @Test
    void aCertificateOfAnotherAuthorityFailsTheHandshake() throws Exception {
        start(HttpsServerTest::sayWhoIsThere);
        var stranger = new TestAuthority("other-ca").issue("CN=mallory").keyManager();
        HttpClient client = client(authority.clientContext(stranger), HttpClient.Version.HTTP_1_1);
        assertThatThrownBy(() -> text(client, "/")).isInstanceOf(IOException.class);
    }

    @Test
    void largeAnswersAreCompressedForThoseWhoAccept() throws Exception {
        String large = "0123456789".repeat(1000);
        start(exchange -> exchange.respond(200, "text/plain", large.getBytes(StandardCharsets.UTF_8)));
        HttpResponse<byte[]> zipped = client(HttpClient.Version.HTTP_2)
                .send(request("/").header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());
        assertThat(zipped.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(zipped.body().length).isLessThan(1000);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(zipped.body())).readAllBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(large);
        assertThat(text(client(HttpClient.Version.HTTP_2), "/")).isEqualTo(large);
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void aStreamReachesTheCallerWithEachFlushAndOutlivesTheIdleTimeout(HttpClient.Version version) throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        start(HttpConfig.listeningOn(loopback(0)).withIdleTimeout(Duration.ofMillis(500)), exchange -> {
            try (OutputStream out = exchange.respond(200)) {
                for (String event = take(events); !event.isEmpty(); event = take(events)) {
                    out.write(event.getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            }
        });
        try (HttpClient client = client(version)) {
            events.add("one");
            InputStream body = client.send(request("/").build(), BodyHandlers.ofInputStream())
                    .body();
            assertThat(body.readNBytes(3)).asString().isEqualTo("one");
            // Not a multiple of the timeout: a write that begins in the very moment it expires is failed by it.
            CompletableFuture.runAsync(
                            () -> events.add("two"), CompletableFuture.delayedExecutor(1300, TimeUnit.MILLISECONDS))
                    .join();
            assertThat(body.readNBytes(3)).asString().isEqualTo("two");
            events.add("");
            assertThat(body.read()).isEqualTo(-1);
        }
    }

    @Test
    void aCallerThatCancelsAnHttp2StreamInterruptsTheEndpoint() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        start(exchange -> {
            exchange.respond(200).flush();
            try {
                take(new LinkedBlockingQueue<>());
            } finally {
                if (Thread.currentThread().isInterrupted()) {
                    interrupted.countDown();
                }
            }
        });
        HttpClient client = client(HttpClient.Version.HTTP_2);
        client.send(request("/").build(), BodyHandlers.ofInputStream()).body().close();
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aBodyAboveTheLimitIsRefused() throws Exception {
        start(
                HttpConfig.listeningOn(loopback(0)).withBodyLimit(1000),
                exchange -> exchange.respond(200, "text/plain", exchange.body().readAllBytes()));
        HttpRequest.BodyPublisher known = HttpRequest.BodyPublishers.ofByteArray(new byte[1001]);
        HttpRequest.BodyPublisher chunked =
                HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[1001]));
        HttpClient client = client(HttpClient.Version.HTTP_1_1);
        assertThat(client.send(request("/").POST(known).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(413);
        assertThat(client.send(request("/").POST(chunked).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void anUpgradedConnectionCarriesBytesBothWaysFromTheFirstOneOn() throws Exception {
        start(exchange -> {
            exchange.responseHeaders().set("Connection", "Upgrade").set("Upgrade", "SPDY/3.1");
            try (Exchange.Duplex duplex = exchange.upgrade()) {
                duplex.input().transferTo(duplex.output());
                duplex.output().write("end".getBytes(StandardCharsets.UTF_8));
                duplex.output().close();
            }
        });
        try (SSLSocket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(ascii("POST /exec HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
                    + "Content-Length: 0\r\n\r\nearly"));
            InputStream in = socket.getInputStream();
            assertThat(head(in)).startsWith("HTTP/1.1 101 ").containsIgnoringCase("upgrade: SPDY/3.1");
            assertThat(in.readNBytes(5)).asString().isEqualTo("early");
            out.write(ascii("later"));
            assertThat(in.readNBytes(5)).asString().isEqualTo("later");
            socket.shutdownOutput();
            assertThat(in.readAllBytes()).asString().isEqualTo("end");
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            HttpsServer refused = server(HttpConfig.listeningOn(loopback(other.getLocalPort())), exchange -> {});
            assertThatThrownBy(refused::start)
                    .isInstanceOf(BindFailed.class)
                    .hasMessageContaining(
                            "port %d is in use by another process (address 127.0.0.1)", other.getLocalPort());
        }
    }

    @Test
    void aStopLetsARunningRequestEnd() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        BlockingQueue<String> go = new LinkedBlockingQueue<>();
        HttpsServer running = start(exchange -> {
            entered.countDown();
            exchange.respond(200, "text/plain", ascii(take(go)));
        });
        var answer = client(HttpClient.Version.HTTP_1_1).sendAsync(request("/").build(), BodyHandlers.ofString());
        entered.await();
        var stopped = CompletableFuture.supplyAsync(() -> running.stop(Duration.ofSeconds(20)));
        go.add("done");
        assertThat(answer.get(10, TimeUnit.SECONDS).body()).isEqualTo("done");
        assertThat(stopped.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aDoorThatRefusesNewCallersServesThoseThatAreInAlready() throws Exception {
        HttpsServer closing = start(exchange -> exchange.respond(200, "text/plain", ascii("ok")));
        int port = port();
        try (SSLSocket inside = connect()) {
            ask(inside);

            closing.refuseNew();

            ask(inside);
            assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(ConnectException.class);
        }
        assertThat(closing.stop(Duration.ofSeconds(5))).isTrue();
    }

    private static void ask(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(ascii("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 200 ");
        assertThat(socket.getInputStream().readNBytes(2)).asString().isEqualTo("ok");
    }

    @Test
    void aStopInterruptsWhatOutlivesTheDeadline() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        HttpsServer running = start(exchange -> {
            entered.countDown();
            take(new LinkedBlockingQueue<>());
        });
        client(HttpClient.Version.HTTP_1_1).sendAsync(request("/").build(), BodyHandlers.ofString());
        entered.await();
        assertThat(running.stop(Duration.ofMillis(50))).isFalse();
    }

    @Test
    void aPlainDoorAnswers() throws Exception {
        try (PlainHttpServer plain = new PlainHttpServer(
                HttpConfig.listeningOn(loopback(0)), exchange -> exchange.respond(200, "text/plain", ascii("ok")))) {
            plain.start();
            URI uri = URI.create(
                    "http://127.0.0.1:" + plain.addresses().getFirst().getPort() + "/healthz");
            try (HttpClient client = HttpClient.newHttpClient()) {
                assertThat(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                                .body())
                        .isEqualTo("ok");
            }
        }
    }

    private static void sayWhoIsThere(Exchange exchange) throws IOException {
        String who = exchange.peerCertificates().isEmpty()
                ? "nobody"
                : exchange.peerCertificates()
                        .getFirst()
                        .getSubjectX500Principal()
                        .getName();
        exchange.respond(200, "text/plain", ascii(who));
    }

    private HttpsServer start(Endpoint endpoint) throws Exception {
        return start(HttpConfig.listeningOn(loopback(0)), endpoint);
    }

    private HttpsServer start(HttpConfig config, Endpoint endpoint) throws Exception {
        HttpsServer started = server(config, endpoint);
        started.start();
        server = started;
        return started;
    }

    private HttpsServer server(HttpConfig config, Endpoint endpoint) throws Exception {
        Tls tls = new Tls(authority.issue("CN=server").keyManager(), authority.trust(), ClientCertificates.WANTED);
        return new HttpsServer(config, tls, endpoint);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress("127.0.0.1", port);
    }

    private int port() {
        return Optional.ofNullable(server).orElseThrow().addresses().getFirst().getPort();
    }

    private HttpRequest.Builder request(String pathAndQuery) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port() + pathAndQuery))
                .timeout(Duration.ofSeconds(20));
    }

    private String text(HttpClient client, String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString()).body();
    }

    private HttpClient client(HttpClient.Version version) throws Exception {
        return client(authority.clientContext(), version);
    }

    private static HttpClient client(SSLContext context, HttpClient.Version version) {
        return HttpClient.newBuilder().sslContext(context).version(version).build();
    }

    private SSLSocket connect() throws Exception {
        SSLSocket socket =
                (SSLSocket) authority.clientContext().getSocketFactory().createSocket("127.0.0.1", port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String take(BlockingQueue<String> queue) throws IOException {
        try {
            String next = queue.poll(30, TimeUnit.SECONDS);
            return next == null ? "" : next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
