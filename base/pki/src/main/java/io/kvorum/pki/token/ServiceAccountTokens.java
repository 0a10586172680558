package io.kvorum.pki.token;

import io.kvorum.pki.token.TokenVerdict.Foreign;
import io.kvorum.pki.token.TokenVerdict.Invalid;
import io.kvorum.pki.token.TokenVerdict.Valid;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Signs and verifies service-account tokens and publishes the keys for others to do so; any thread. */
public final class ServiceAccountTokens {
    /** Servers' clocks may differ by this much. */
    private static final Duration LEEWAY = Duration.ofMinutes(1);
    /** No token of ours comes near it; longer ones are not worth parsing. */
    private static final int MAX_TOKEN_CHARS = 32 * 1024;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    private final KeyPair signer;
    private final List<VerificationKey> keys;
    private final String issuer;
    private final InstantSource clock;
    private final Supplier<String> ids;

    /**
     * @param signer RSA or EC P-256, with which new tokens are signed
     * @param alsoAccepted keys of earlier signers, whose tokens are still believed
     * @param issuer such as {@code https://kubernetes.default.svc.cluster.local}
     * @param ids makes each token's unique id, such as a random UUID
     */
    public ServiceAccountTokens(
            KeyPair signer, List<PublicKey> alsoAccepted, String issuer, InstantSource clock, Supplier<String> ids) {
        this.signer = signer;
        this.keys = new ArrayList<>();
        keys.add(VerificationKey.of(signer.getPublic()));
        alsoAccepted.forEach(key -> keys.add(VerificationKey.of(key)));
        this.issuer = issuer;
        this.clock = clock;
        this.ids = ids;
    }

    public String issuer() {
        return issuer;
    }

    public Issued issue(TokenGrant grant) {
        String id = ids.get();
        Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        Instant expiresAt = now.plus(grant.lifetime());
        ObjectNode payload = ClaimsJson.payload(grant, issuer, id, now);
        return new Issued(sign(payload), id, expiresAt);
    }

    /**
     * Makes the everlasting kind of token that a Secret of type {@code kubernetes.io/service-account-token} holds.
     *
     * @param secret the name of that Secret
     */
    public String issueLegacy(String namespace, TokenClaims.ObjectIdentity serviceAccount, String secret) {
        return sign(ClaimsJson.legacyPayload(namespace, serviceAccount, secret));
    }

    /** @param audiences acceptable ones, of which the token must name at least one */
    public TokenVerdict verify(String token, List<String> audiences) {
        String[] parts = token.length() > MAX_TOKEN_CHARS ? new String[0] : token.split("\\.", -1);
        if (parts.length != 3) {
            return new Foreign();
        }
        try {
            return verify(parts, audiences);
        } catch (JacksonException | IllegalArgumentException malformed) {
            return new Foreign();
        }
    }

    private TokenVerdict verify(String[] parts, List<String> audiences) {
        JsonNode payload = JSON.readTree(DECODER.decode(parts[1]));
        boolean isLegacy = ClaimsJson.isLegacy(payload);
        if (!isLegacy && !payload.path("iss").asString("").equals(issuer)) {
            return new Foreign();
        }
        if (!isSignedByUs(parts)) {
            return new Invalid("the token's signature is not by a key of this cluster");
        }
        Optional<TokenClaims> claims = isLegacy ? ClaimsJson.readLegacy(payload) : ClaimsJson.read(payload);
        if (claims.isEmpty()) {
            return new Invalid("the token names no service account");
        }
        return isLegacy ? new Valid(claims.get()) : inTime(payload, claims.get(), audiences);
    }

    private boolean isSignedByUs(String[] parts) {
        JsonNode header = JSON.readTree(DECODER.decode(parts[0]));
        String algorithm = header.path("alg").asString("");
        String keyId = header.path("kid").asString("");
        byte[] signature = DECODER.decode(parts[2]);
        return keys.stream()
                .filter(key -> key.algorithm().name().equals(algorithm))
                .filter(key -> keyId.isEmpty() || key.id().equals(keyId))
                .anyMatch(key -> key.verifies(parts[0] + "." + parts[1], signature));
    }

    private TokenVerdict inTime(JsonNode payload, TokenClaims claims, List<String> audiences) {
        Instant now = clock.instant();
        if (claims.expiresAt().isEmpty() || now.isAfter(claims.expiresAt().get().plus(LEEWAY))) {
            return new Invalid("service account token has expired");
        }
        if (payload.has("nbf")
                && now.plus(LEEWAY)
                        .isBefore(Instant.ofEpochSecond(payload.path("nbf").asLong(Long.MAX_VALUE / 1000)))) {
            return new Invalid("the token is not valid yet; compare the servers' clocks");
        }
        if (claims.audiences().stream().noneMatch(audiences::contains)) {
            return new Invalid("token audiences %s is invalid for the target audiences %s"
                    .formatted(claims.audiences(), audiences));
        }
        return new Valid(claims);
    }

    /** The JSON web key set, as served at {@code /openid/v1/jwks}. */
    public ObjectNode keySet() {
        ObjectNode set = JsonNodeFactory.instance.objectNode();
        ArrayNode array = set.putArray("keys");
        keys.forEach(key -> array.add(key.jwk()));
        return set;
    }

    /** The OpenID provider's document, as served at {@code /.well-known/openid-configuration}. */
    public ObjectNode discovery(String keySetUri) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("issuer", issuer).put("jwks_uri", keySetUri);
        document.putArray("response_types_supported").add("id_token");
        document.putArray("subject_types_supported").add("public");
        ArrayNode algorithms = document.putArray("id_token_signing_alg_values_supported");
        keys.stream().map(key -> key.algorithm().name()).distinct().sorted().forEach(algorithms::add);
        return document;
    }

    private String sign(ObjectNode payload) {
        VerificationKey key = keys.getFirst();
        ObjectNode header = JsonNodeFactory.instance
                .objectNode()
                .put("alg", key.algorithm().name())
                .put("kid", key.id());
        String input = encode(header) + "." + encode(payload);
        byte[] signature = key.algorithm().sign(signer.getPrivate(), input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + ENCODER.encodeToString(signature);
    }

    private static String encode(ObjectNode node) {
        return ENCODER.encodeToString(JSON.writeValueAsBytes(node));
    }

    /** A new token; its text is a secret. */
    public record Issued(String token, String id, Instant expiresAt) {
        @Override
        public String toString() {
            return "Issued[id=" + id + ", expiresAt=" + expiresAt + "]";
        }
    }
}
