package io.kvorum.node.token;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvorum.client.Clients;
import io.kvorum.client.TlsMaterial;
import io.kvorum.node.StartFailure;
import io.kvorum.node.join.SupervisorClient;
import io.kvorum.node.join.SupervisorRefused;
import io.kvorum.pki.Identity;
import io.kvorum.pki.Pem;
import io.kvorum.pki.PkiException;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.ServerToken;
import io.kvorum.pki.Trust;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Makes, lists and deletes join tokens by the API of this machine's server, and rotates the server token. One thread. */
public final class TokenAdmin implements AutoCloseable {
    private static final String NAMESPACE = "kube-system";
    private static final String PREFIX = "bootstrap-token-";
    private static final String TYPE = "bootstrap.kubernetes.io/token";
    private static final String USAGE = "usage-bootstrap-";
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final Pattern FORMAT = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");
    private static final Duration ROTATION_LIMIT = Duration.ofSeconds(60);

    private final Path serverFolder;
    private final URI server;
    private final KubernetesClient client;
    /** In PEM, as the tokens pin it. */
    private final String authority;

    /**
     * @param serverFolder {@code <data-dir>/server} of a server on this machine
     * @throws StartFailure when there is none, or its files may not be read
     */
    public TokenAdmin(Path serverFolder, URI server) {
        this.serverFolder = serverFolder;
        this.server = server;
        Path tls = serverFolder.resolve("tls");
        if (!Files.isReadable(tls.resolve("client-admin.key"))) {
            throw new StartFailure(
                    "%s cannot be read: run this as root on a server, and give --data-dir if it is elsewhere"
                            .formatted(tls));
        }
        var admin = new Identity(
                Pem.keyPair(tls.resolve("client-admin.key")).getPrivate(),
                Pem.certificates(tls.resolve("client-admin.crt")));
        this.authority = read(tls.resolve("server-ca.crt"));
        this.client = client(server, authority, admin);
    }

    /**
     * Acts as the user of a kubeconfig at its server, which may be another machine.
     *
     * @throws StartFailure when it names no server, or no certificates to come in by
     */
    public TokenAdmin(Path serverFolder, Path kubeconfig) {
        this.serverFolder = serverFolder;
        Config config;
        try {
            config = Config.fromKubeconfig(kubeconfig.toFile());
            this.server = URI.create(config.getMasterUrl());
            this.authority = pem(config.getCaCertData(), config.getCaCertFile());
            var user = new Identity(
                    Pem.keyPairIn(pem(config.getClientKeyData(), config.getClientKeyFile()))
                            .getPrivate(),
                    Pem.certificatesIn(pem(config.getClientCertData(), config.getClientCertFile())));
            this.client = client(server, authority, user);
        } catch (IOException | IllegalArgumentException | PkiException | KubernetesClientException e) {
            throw new StartFailure(
                    "%s cannot be used (%s); give a kubeconfig with a server and a client certificate, or none on a server"
                            .formatted(kubeconfig, e.getMessage()),
                    e);
        }
    }

    private static KubernetesClient client(URI server, String authority, Identity user) {
        return Clients.overTls(
                server,
                TlsMaterial.certificate(Trust.in(Pem.certificatesIn(authority)), new ReloadableKeyManager(user)));
    }

    private static String pem(@Nullable String inBase64, @Nullable String file) throws IOException {
        if (inBase64 != null) {
            return new String(Base64.getMimeDecoder().decode(inBase64), StandardCharsets.UTF_8);
        }
        if (file == null) {
            throw new IOException("certificates are missing in it");
        }
        return Files.readString(Path.of(file));
    }

    /** A bootstrap token by chance, which lets nobody in before it is created. */
    public static String generate() {
        var chance = new SecureRandom();
        return random(6, chance) + "." + random(16, chance);
    }

    /**
     * @param given {@code <id>.<secret>}; null makes one up
     * @param ttl zero for no end
     * @return the token in its secure form
     */
    public String create(
            @Nullable String given, String description, List<String> usages, List<String> groups, Duration ttl) {
        String token = given == null ? generate() : given;
        var parts = FORMAT.matcher(token);
        if (!parts.matches()) {
            throw new StartFailure("a bootstrap token is 6 letters or digits, a dot and 16 of them, all in lower case");
        }
        Map<String, String> data = new TreeMap<>();
        data.put("token-id", parts.group(1));
        data.put("token-secret", parts.group(2));
        data.put("description", description);
        usages.forEach(usage -> data.put(USAGE + usage, "true"));
        if (!groups.isEmpty()) {
            data.put("auth-extra-groups", String.join(",", groups));
        }
        if (!ttl.isZero()) {
            data.put(
                    "expiration",
                    Instant.now()
                            .plus(ttl)
                            .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                            .toString());
        }
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withName(PREFIX + parts.group(1))
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withType(TYPE)
                .withStringData(data)
                .build();
        asking(() -> client.secrets().inNamespace(NAMESPACE).resource(secret).create());
        return new ServerToken(ServerToken.hash(authority), "", token).secureForm();
    }

    /** Letters and digits as kubeadm's. */
    private static String random(int length, SecureRandom chance) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(LETTERS.charAt(chance.nextInt(LETTERS.length())));
        }
        return text.toString();
    }

    /** In the order of their ids. */
    public List<BootstrapToken> list() {
        List<BootstrapToken> tokens = new ArrayList<>();
        for (Secret secret : asking(() -> client.secrets()
                .inNamespace(NAMESPACE)
                .withField("type", TYPE)
                .list()
                .getItems())) {
            Map<String, String> data = new TreeMap<>();
            secret.getData().forEach((name, value) -> data.put(name, decoded(value)));
            String expiration = data.getOrDefault("expiration", "");
            String groups = data.getOrDefault("auth-extra-groups", "");
            tokens.add(new BootstrapToken(
                    data.getOrDefault("token-id", ""),
                    data.getOrDefault("token-secret", ""),
                    data.getOrDefault("description", ""),
                    data.entrySet().stream()
                            .filter(entry -> entry.getKey().startsWith(USAGE)
                                    && entry.getValue().equals("true"))
                            .map(entry -> entry.getKey().substring(USAGE.length()))
                            .toList(),
                    groups.isEmpty() ? List.of() : List.of(groups.split(",", -1)),
                    expiration.isEmpty() ? null : Instant.parse(expiration)));
        }
        tokens.sort(Comparator.comparing(BootstrapToken::id));
        return tokens;
    }

    private static String decoded(String value) {
        return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
    }

    /** @param token its id, or the whole of it */
    public void delete(String token) {
        String id = token.length() > 6 ? token.substring(0, 6) : token;
        var secret = client.secrets().inNamespace(NAMESPACE).withName(PREFIX + id);
        if (asking(secret::get) == null) {
            throw new StartFailure("there is no bootstrap token \"%s\"".formatted(id));
        }
        asking(secret::delete);
    }

    /** Makes the servers take another server token; what nodes have got by the old one stays good. */
    public void rotate(String oldToken, String newPassword) {
        byte[] body = JsonMapper.shared()
                .createObjectNode()
                .put("newToken", newPassword)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        try (SupervisorClient supervisor =
                SupervisorClient.connect(server, ServerToken.parse(oldToken).as("server"))) {
            supervisor.post("/v1-k3s/token", Map.of("Content-Type", "application/json"), body, ROTATION_LIMIT);
        } catch (IOException | SupervisorRefused e) {
            throw new StartFailure("the token was not rotated: " + e.getMessage(), e);
        }
    }

    /** The server token as it stands on this machine. */
    public String currentToken() {
        try {
            return Files.readString(serverFolder.resolve("token")).strip();
        } catch (IOException e) {
            throw new StartFailure("cannot read %s".formatted(serverFolder.resolve("token")), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new StartFailure("cannot read the cluster's authority, " + file, e);
        }
    }

    private static <T> T asking(java.util.function.Supplier<T> question) {
        try {
            return question.get();
        } catch (KubernetesClientException e) {
            throw new StartFailure("the server on this machine did not do it: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
