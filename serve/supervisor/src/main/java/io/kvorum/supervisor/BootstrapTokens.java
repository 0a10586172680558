package io.kvorum.supervisor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Tokens with an end, kept as Secrets {@code bootstrap-token-<id>} in kube-system, as kubeadm and K3s do; any thread. */
final class BootstrapTokens {
    private static final Pattern FORMAT = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");
    private static final String TYPE = "bootstrap.kubernetes.io/token";

    private final ClusterApi cluster;
    private final InstantSource clock;

    BootstrapTokens(ClusterApi cluster, InstantSource clock) {
        this.cluster = cluster;
        this.clock = clock;
    }

    /** @throws IOException when the API cannot say */
    boolean isValid(String token) throws IOException {
        var parts = FORMAT.matcher(token);
        if (!parts.matches()) {
            return false;
        }
        Optional<? extends JsonNode> secret =
                cluster.find("/api/v1/namespaces/kube-system/secrets/bootstrap-token-" + parts.group(1));
        return secret.isPresent() && admits(secret.get(), parts.group(1), parts.group(2));
    }

    private boolean admits(JsonNode secret, String id, String shown) {
        JsonNode data = secret.path("data");
        boolean isSame = MessageDigest.isEqual(bytes(text(data, "token-secret")), bytes(shown));
        return isSame
                && TYPE.equals(secret.path("type").asString(""))
                && id.equals(text(data, "token-id"))
                && "true".equals(text(data, "usage-bootstrap-authentication"))
                && !isOver(text(data, "expiration"));
    }

    private boolean isOver(String expiration) {
        if (expiration.isEmpty()) {
            return false;
        }
        try {
            return !clock.instant().isBefore(Instant.parse(expiration));
        } catch (DateTimeParseException e) {
            return true;
        }
    }

    private static String text(JsonNode data, String name) {
        byte[] decoded = Base64.getDecoder().decode(data.path(name).asString(""));
        return new String(decoded, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
