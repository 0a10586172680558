package io.kvorum.node;

import io.kvorum.node.secrets.BootstrapRecord;
import io.kvorum.pki.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Authorities that wait beside a server's own for its next start. A start that is cut off while it takes them over is
 * finished by the next one. One thread at a time.
 *
 * <pre>
 *  server/authorities-next.json   those that wait
 *  server/tls/rotation            which rotation the present ones are of
 *  server/tls-1770638400          what was there before
 * </pre>
 */
final class StagedAuthorities {
    private static final Logger LOG = LoggerFactory.getLogger(StagedAuthorities.class);
    private static final String ROTATION = "Rotation";

    private StagedAuthorities() {}

    /** Lets servers see that these are others than those they have; K3s passes over what it does not know. */
    static void mark(ObjectNode document, Instant now) {
        document.putObject(ROTATION).put("Timestamp", now.toString());
    }

    private static String rotationOf(byte[] document) {
        return JsonMapper.shared()
                .readTree(document)
                .path(ROTATION)
                .path("Timestamp")
                .asString("");
    }

    /**
     * Keeps the authorities unless this server has them already.
     *
     * @return whether that is news
     */
    static boolean keep(Path serverFolder, byte[] document) throws IOException {
        String rotation = rotationOf(document);
        Path staged = staged(serverFolder);
        boolean isKnown = rotation.isEmpty()
                || rotation.equals(read(taken(serverFolder)))
                || (Files.exists(staged) && rotation.equals(rotationOf(Files.readAllBytes(staged))));
        if (isKnown) {
            return false;
        }
        if (isPresent(serverFolder, document)) { // it joined later, or was restored
            SecretFile.write(taken(serverFolder), rotation + "\n", "rw-------");
            return false;
        }
        SecretFile.write(staged, new String(document, StandardCharsets.UTF_8), "rw-------");
        return true;
    }

    /** Whether the document's authorities are those that this server has. */
    private static boolean isPresent(Path serverFolder, byte[] document) throws IOException {
        JsonNode all = JsonMapper.shared().readTree(document);
        for (AuthorityFiles files : AuthorityFiles.ALL) {
            if (!isPresent(serverFolder, files.file() + ".crt", all.path(files.name()))) {
                return false;
            }
        }
        return isPresent(serverFolder, AuthorityFiles.SERVICE_KEY_FILE, all.path(AuthorityFiles.SERVICE_KEY));
    }

    private static boolean isPresent(Path serverFolder, String name, JsonNode given) throws IOException {
        Path file = serverFolder.resolve("tls/" + name);
        String present = Files.exists(file) ? Base64.getEncoder().encodeToString(Files.readAllBytes(file)) : "";
        return given.path("Content").asString("").equals(present);
    }

    private static Path staged(Path serverFolder) {
        return serverFolder.resolve("authorities-next.json");
    }

    private static Path taken(Path serverFolder) {
        return serverFolder.resolve("tls/rotation");
    }

    private static String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    /** Puts what waits in the place of what is there; certificates of the old authorities are made anew by the start. */
    static void takeOver(Path serverFolder, Path agentFolder, Instant now) {
        Path staged = staged(serverFolder);
        if (!Files.exists(staged)) {
            return;
        }
        try {
            byte[] document = Files.readAllBytes(staged);
            // the keys of Secrets are followed as they change, and may be others than when this was staged
            OwnAuthorities.replace(
                    serverFolder, agentFolder, BootstrapRecord.withoutEncryption(document), now, () -> {});
            SecretFile.write(taken(serverFolder), rotationOf(document) + "\n", "rw-------");
            Files.delete(staged);
            LOG.atWarn().log("took over the cluster's other authorities");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take over the cluster's other authorities", e);
        }
    }
}
