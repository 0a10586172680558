package io.kvorum.node;

import io.kvorum.node.join.SupervisorClient;
import io.kvorum.node.join.SupervisorRefused;
import io.kvorum.pki.CertificateAuthority;
import io.kvorum.pki.ServerToken;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Gives the cluster of this machine's server other authorities: those of a folder, or new ones. One thread. */
public final class AuthorityAdmin {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path serverFolder;
    private final URI server;
    private final InstantSource clock;

    /** @param serverFolder {@code <data-dir>/server} of a server on this machine */
    public AuthorityAdmin(Path serverFolder, URI server, InstantSource clock) {
        this.serverFolder = serverFolder;
        this.server = server;
        this.clock = clock;
    }

    /**
     * Takes what stands in {@code <folder>/tls}, named as in a server's own; what is not there stays as it is.
     *
     * @param isForced even if no present authority vouches for them
     * @throws StartFailure when there is nothing, or the server refuses it
     */
    public void rotate(Path folder, boolean isForced) {
        ObjectNode document = JsonMapper.shared().createObjectNode();
        try {
            for (AuthorityFiles files : AuthorityFiles.ALL) {
                put(document, files.name(), folder.resolve("tls/" + files.file() + ".crt"));
                put(document, files.keyName(), folder.resolve("tls/" + files.file() + ".key"));
            }
            put(document, AuthorityFiles.SERVICE_KEY, folder.resolve("tls/" + AuthorityFiles.SERVICE_KEY_FILE));
        } catch (IOException e) {
            throw new StartFailure("cannot read the authorities in " + folder, e);
        }
        if (document.isEmpty()) {
            throw new StartFailure(
                    "there are no authorities in %s, such as server-ca.crt and server-ca.key, or service.key"
                            .formatted(folder.resolve("tls")));
        }
        send(document, isForced);
    }

    private static void put(ObjectNode document, String name, Path file) throws IOException {
        if (Files.exists(file)) {
            put(document, name, Files.readString(file));
        }
    }

    private static void put(ObjectNode document, String name, String text) {
        document.putObject(name)
                .put("Content", Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Makes new authorities, for each of which the present one vouches. */
    public void rotate() {
        ObjectNode document = JsonMapper.shared().createObjectNode();
        for (AuthorityFiles files : AuthorityFiles.ALL) {
            Path certificates = serverFolder.resolve("tls/" + files.file() + ".crt");
            if (!Files.isReadable(certificates)) {
                throw new StartFailure(
                        "%s cannot be read: run this as root on a server, and give --data-dir if it is elsewhere"
                                .formatted(certificates));
            }
            CertificateAuthority.Successor successor = CertificateAuthority.openOrCreate(
                            serverFolder.resolve("tls"), files.file(), files.label(), clock)
                    .successor(files.label());
            put(document, files.name(), successor.certificatesPem());
            put(document, files.keyName(), successor.keyPem());
        }
        send(document, false);
    }

    private void send(ObjectNode document, boolean isForced) {
        try (SupervisorClient supervisor = SupervisorClient.connect(server, token())) {
            supervisor.put(
                    AuthorityRotation.PATH + (isForced ? "?force=true" : ""),
                    document.toString().getBytes(StandardCharsets.UTF_8),
                    LIMIT);
        } catch (IOException | SupervisorRefused e) {
            throw new StartFailure("the authorities were not rotated: " + e.getMessage(), e);
        }
    }

    private ServerToken token() throws IOException {
        return ServerToken.parse(Files.readString(serverFolder.resolve("token")));
    }
}
