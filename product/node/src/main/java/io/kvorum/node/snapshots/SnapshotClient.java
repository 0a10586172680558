package io.kvorum.node.snapshots;

import io.kvorum.pki.Pem;
import io.kvorum.pki.PkiException;
import io.kvorum.pki.ServerToken;
import io.kvorum.pki.Trust;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Asks the server on this machine about its snapshots, with the server's token. Used by one thread. */
public final class SnapshotClient {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    /** Each line of progress comes far sooner; a hundred gigabytes may take so long. */
    private static final Duration ANSWER_LIMIT = Duration.ofHours(2);

    private final URI server;
    private final String password;
    private final HttpClient http;

    private SnapshotClient(URI server, String password, HttpClient http) {
        this.server = server;
        this.password = password;
        this.http = http;
    }

    /**
     * @param dataFolder of the server, such as {@code /var/lib/rancher/k3s}
     * @param token of the cluster; null for the one in the data folder
     * @throws SnapshotRefused when its authority or its token cannot be read
     */
    public static SnapshotClient of(Path dataFolder, URI server, @Nullable String token) {
        Path authority = dataFolder.resolve("server/tls/server-ca.crt");
        Path tokenFile = dataFolder.resolve("server/token");
        try {
            String text = token == null ? Files.readString(tokenFile) : token;
            var context = Trust.clientContext(Pem.certificates(authority), null);
            return new SnapshotClient(
                    server,
                    ServerToken.parse(text).password(),
                    HttpClient.newBuilder()
                            .sslContext(context)
                            .version(HttpClient.Version.HTTP_1_1)
                            .connectTimeout(CONNECT_LIMIT)
                            .build());
        } catch (IOException | PkiException e) {
            throw new SnapshotRefused(
                    "cannot read %s and %s; run this as root on a server that has been started, or name its --data-dir (%s)"
                            .formatted(authority, tokenFile, e.getMessage()),
                    e);
        }
    }

    private String credentials() {
        byte[] pair = ("server:" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    /**
     * Blocks until the server has done what the request says.
     *
     * @param progress hears the name of a step and how many entries of it are done
     * @throws SnapshotRefused when the server cannot be reached, or refuses
     */
    public JsonNode ask(ObjectNode request, BiConsumer<String, Long> progress) {
        HttpRequest message = HttpRequest.newBuilder(server.resolve(SnapshotEndpoint.PATH))
                .header("Content-Type", "application/json")
                .header("Accept", SnapshotEndpoint.LINES)
                .header("Authorization", credentials())
                .timeout(ANSWER_LIMIT)
                .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                .build();
        try {
            HttpResponse<InputStream> response = http.send(message, HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() == 401 || response.statusCode() == 403) {
                throw new SnapshotRefused("the server does not take this token (status %d); its own is in server/token"
                        .formatted(response.statusCode()));
            }
            JsonNode last = lastLine(response.body(), progress);
            if (last.path("kind").asString("").equals("Status") || response.statusCode() != 200) {
                throw new SnapshotRefused(
                        last.path("message").asString("the server answered with status " + response.statusCode()));
            }
            return last;
        } catch (ConnectException e) {
            throw new SnapshotRefused(
                    "no server answers at %s; snapshots are taken by the running server, so start it first"
                            .formatted(server),
                    e);
        } catch (IOException e) {
            throw new SnapshotRefused("asking %s failed: %s".formatted(server, e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SnapshotRefused("interrupted while the server works; it goes on", e);
        }
    }

    private JsonNode lastLine(InputStream body, BiConsumer<String, Long> progress) throws IOException {
        try (var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode document = JsonMapper.shared().readTree(line);
                if (!document.has("step")) {
                    return document;
                }
                progress.accept(
                        document.path("step").asString(""),
                        document.path("done").asLong(0));
            }
        } catch (tools.jackson.core.JacksonException e) {
            throw new IOException("the answer is not JSON: " + e.getOriginalMessage(), e);
        }
        throw new IOException("the answer broke off; is the server still running?");
    }
}
