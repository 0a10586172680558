package io.kvorum.conformance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A registry with one image, which only who knows the password may pull, and whose authority nobody knows. */
final class PrivateRegistry implements AutoCloseable {
    private static final String PASSWORD = "changeit";
    private static final Pattern WANTED = Pattern.compile("/v2/(.+)/(manifests|blobs)/(.+)");
    private static final Pattern DIGEST = Pattern.compile("\"digest\":\"(sha256:[0-9a-f]{64})\"");

    private final Path layout;
    private final String expected;
    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private PrivateRegistry(Path layout, String credentials, HttpsServer server) {
        this.layout = layout;
        this.expected = "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        this.server = server;
    }

    /**
     * @param folder for its certificate, {@code registry.pem}, and what it unpacks
     * @param archive an image as an OCI layout
     * @param credentials user and password with a colon between
     */
    static PrivateRegistry start(Path folder, Path archive, String address, String credentials) throws Exception {
        var shell = new Shell();
        Path layout = Files.createDirectories(folder.resolve("layout"));
        shell.run(Duration.ofSeconds(60), List.of("tar", "-xf", archive.toString(), "-C", layout.toString()))
                .expectSuccess();
        Path keys = folder.resolve("registry.p12");
        String keytool = System.getProperty("java.home") + "/bin/keytool";
        shell.run(
                        Duration.ofSeconds(60),
                        List.of(
                                keytool,
                                "-genkeypair",
                                "-keystore",
                                keys.toString(),
                                "-storepass",
                                PASSWORD,
                                "-alias",
                                "own",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=registry",
                                "-ext",
                                "san=ip:" + address,
                                "-validity",
                                "30"))
                .expectSuccess();
        shell.run(
                        Duration.ofSeconds(60),
                        List.of(
                                keytool,
                                "-exportcert",
                                "-rfc",
                                "-keystore",
                                keys.toString(),
                                "-storepass",
                                PASSWORD,
                                "-alias",
                                "own",
                                "-file",
                                folder.resolve("registry.pem").toString()))
                .expectSuccess();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(address, 0), 16);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(keys)));
        var registry = new PrivateRegistry(layout, credentials, server);
        server.setExecutor(registry.threads);
        server.createContext("/", registry::answer);
        server.start();
        return registry;
    }

    private static SSLContext tls(Path keys) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    /** Host and port. */
    String authority() {
        return server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!expected.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"private\"");
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            Matcher wanted = WANTED.matcher(exchange.getRequestURI().getPath());
            if (!wanted.matches()) {
                exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/v2/") ? 200 : 404, -1);
                return;
            }
            boolean isManifest = wanted.group(2).equals("manifests");
            String digest = wanted.group(3).startsWith("sha256:") ? wanted.group(3) : only();
            Path blob = layout.resolve("blobs").resolve(digest.replace(':', '/'));
            if (!Files.exists(blob)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            exchange.getResponseHeaders()
                    .set(
                            "Content-Type",
                            isManifest ? "application/vnd.oci.image.manifest.v1+json" : "application/octet-stream");
            exchange.getResponseHeaders().set("Docker-Content-Digest", digest);
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", Long.toString(Files.size(blob)));
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            exchange.sendResponseHeaders(200, Files.size(blob));
            Files.copy(blob, exchange.getResponseBody());
        }
    }

    /** Whatever tag is asked for. */
    private String only() throws IOException {
        Matcher digest = DIGEST.matcher(Files.readString(layout.resolve("index.json")));
        if (!digest.find()) {
            throw new IOException("no manifest in " + layout);
        }
        return digest.group(1);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
