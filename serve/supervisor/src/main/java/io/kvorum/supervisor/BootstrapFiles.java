package io.kvorum.supervisor;

import io.kvorum.pki.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The files that make servers one cluster (its authorities, the key of its service accounts), as one JSON document in K3s's
 * format: {@code {"ServerCA": {"Timestamp": ..., "Content": <base64>}, ...}}. Used by one thread at a time.
 */
public final class BootstrapFiles {
    /** K3s's names and where the files stand below {@code <data-dir>/server}. */
    private static final Map<String, String> FILES = files();

    private final Path serverFolder;

    public BootstrapFiles(Path serverFolder) {
        this.serverFolder = serverFolder;
    }

    private static Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        files.put("ServerCA", "tls/server-ca.crt");
        files.put("ServerCAKey", "tls/server-ca.key");
        files.put("ClientCA", "tls/client-ca.crt");
        files.put("ClientCAKey", "tls/client-ca.key");
        files.put("RequestHeaderCA", "tls/request-header-ca.crt");
        files.put("RequestHeaderCAKey", "tls/request-header-ca.key");
        files.put("ETCDServerCA", "tls/etcd/server-ca.crt");
        files.put("ETCDServerCAKey", "tls/etcd/server-ca.key");
        files.put("ETCDPeerCA", "tls/etcd/peer-ca.crt");
        files.put("ETCDPeerCAKey", "tls/etcd/peer-ca.key");
        files.put("ServiceKey", "tls/service.key");
        files.put("ServiceCurrentKey", "tls/service.current.key");
        files.put("IPSECKey", "cred/ipsec.psk");
        files.put("PasswdFile", "cred/passwd");
        files.put("EncryptionConfig", "cred/encryption-config.json");
        files.put("EncryptionHash", "cred/encryption-state.json");
        return files;
    }

    /** The document of what is there. */
    public byte[] read() throws IOException {
        ObjectNode document = JsonMapper.shared().createObjectNode();
        for (Map.Entry<String, String> entry : FILES.entrySet()) {
            Path file = serverFolder.resolve(entry.getValue());
            if (Files.exists(file)) {
                document.putObject(entry.getKey())
                        .put(
                                "Timestamp",
                                Files.getLastModifiedTime(file).toInstant().toString())
                        .put("Content", Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
            }
        }
        return document.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Writes the files that the document holds; what it does not name stays as it is. */
    public void write(byte[] document) throws IOException {
        JsonNode files;
        try {
            files = JsonMapper.shared().readTree(document);
        } catch (JacksonException e) {
            throw new IOException("the bootstrap data is not JSON", e);
        }
        if (!files.has("ServerCA") || !files.has("ServerCAKey")) {
            throw new IOException("the bootstrap data lacks the cluster's authority (ServerCA, ServerCAKey)");
        }
        for (Map.Entry<String, String> entry : FILES.entrySet()) {
            String content = files.path(entry.getKey()).path("Content").asString("");
            if (!content.isEmpty()) {
                String mode = entry.getValue().endsWith(".crt") ? "rw-r--r--" : "rw-------";
                String text = new String(Base64.getDecoder().decode(content), StandardCharsets.UTF_8);
                SecretFile.write(serverFolder.resolve(entry.getValue()), text, mode);
            }
        }
    }
}
