package io.kvorum.pki.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.pki.token.TokenClaims.ObjectIdentity;
import io.kvorum.pki.token.TokenVerdict.Foreign;
import io.kvorum.pki.token.TokenVerdict.Invalid;
import io.kvorum.pki.token.TokenVerdict.Valid;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ServiceAccountTokensTest {
    private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> AUDIENCES = List.of(ISSUER);

    private Instant now = START;
    private final InstantSource clock = () -> now;

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void aTokenSaysWhatWasGranted(String algorithm) throws Exception {
        ServiceAccountTokens tokens = tokens(keys(algorithm), List.of());
        var issued = tokens.issue(grant());
        assertThat(tokens.verify(issued.token(), AUDIENCES))
                .isEqualTo(new Valid(new TokenClaims(
                        "id-1",
                        "web",
                        new ObjectIdentity("default", "sa-uid"),
                        Optional.of(new ObjectIdentity("nginx", "pod-uid")),
                        Optional.of(new ObjectIdentity("h1", "node-uid")),
                        Optional.empty(),
                        AUDIENCES,
                        Optional.of(START.plusSeconds(3600)),
                        Optional.of(START.plusSeconds(600)))));
        assertThat(issued.toString()).doesNotContain(issued.token());
    }

    @Test
    void aTokenExpires() throws Exception {
        ServiceAccountTokens tokens = tokens(keys("EC"), List.of());
        String token = tokens.issue(grant()).token();
        now = START.plusSeconds(3600 + 61);
        assertThat(tokens.verify(token, AUDIENCES)).isInstanceOf(Invalid.class);
    }

    @Test
    void aTokenForOthersIsRefused() throws Exception {
        ServiceAccountTokens tokens = tokens(keys("EC"), List.of());
        String token = tokens.issue(grant()).token();
        assertThat(tokens.verify(token, List.of("vault"))).isInstanceOf(Invalid.class);
    }

    @Test
    void aChangedTokenIsRefused() throws Exception {
        ServiceAccountTokens tokens = tokens(keys("EC"), List.of());
        String[] parts = tokens.issue(grant()).token().split("\\.");
        String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String changed = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(payload.replace("\"default\"", "\"admin\"").getBytes(StandardCharsets.UTF_8));
        assertThat(tokens.verify(parts[0] + "." + changed + "." + parts[2], AUDIENCES))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void anUnsignedTokenIsRefused() throws Exception {
        ServiceAccountTokens tokens = tokens(keys("EC"), List.of());
        String[] parts = tokens.issue(grant()).token().split("\\.");
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(tokens.verify(none + "." + parts[1] + ".", AUDIENCES)).isInstanceOf(Invalid.class);
    }

    @Test
    void tokensOfAnEarlierKeyAreStillBelieved() throws Exception {
        KeyPair old = keys("RSA");
        String token = tokens(old, List.of()).issue(grant()).token();
        KeyPair current = keys("EC");
        assertThat(tokens(current, List.of(old)).verify(token, AUDIENCES)).isInstanceOf(Valid.class);
        assertThat(tokens(current, List.of()).verify(token, AUDIENCES)).isInstanceOf(Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "a.b.c", "....", "e30.e30.e30"})
    void whatIsNoTokenOfOursIsForeign(String token) throws Exception {
        assertThat(tokens(keys("EC"), List.of()).verify(token, AUDIENCES)).isEqualTo(new Foreign());
    }

    @Test
    void aLegacyTokenNamesItsSecretAndLasts() throws Exception {
        ServiceAccountTokens tokens = tokens(keys("RSA"), List.of());
        String token = tokens.issueLegacy("web", new ObjectIdentity("default", "sa-uid"), "default-token");
        now = START.plus(Duration.ofDays(5000));
        assertThat(tokens.verify(token, AUDIENCES)).isInstanceOfSatisfying(Valid.class, valid -> {
            assertThat(valid.claims().secret()).contains(new ObjectIdentity("default-token", ""));
            assertThat(valid.claims().serviceAccount()).isEqualTo(new ObjectIdentity("default", "sa-uid"));
        });
    }

    @Test
    void thePublishedKeyIsTheOneATokenNames() throws Exception {
        ServiceAccountTokens tokens = tokens(keys("EC"), List.of());
        String header = tokens.issue(grant()).token().split("\\.")[0];
        JsonNode parsed = JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(header));
        JsonNode key = tokens.keySet().path("keys").path(0);
        assertThat(key.path("kid")).isEqualTo(parsed.path("kid"));
        assertThat(Base64.getUrlDecoder().decode(key.path("x").asString())).hasSize(32);
        assertThat(tokens.discovery("https://x/openid/v1/jwks").path("issuer").asString())
                .isEqualTo(ISSUER);
    }

    private TokenGrant grant() {
        return new TokenGrant(
                "web",
                new ObjectIdentity("default", "sa-uid"),
                Optional.of(new ObjectIdentity("nginx", "pod-uid")),
                Optional.of(new ObjectIdentity("h1", "node-uid")),
                Optional.empty(),
                AUDIENCES,
                Duration.ofHours(1),
                Optional.of(Duration.ofMinutes(10)));
    }

    private ServiceAccountTokens tokens(KeyPair signer, List<KeyPair> earlier) {
        return new ServiceAccountTokens(
                signer, earlier.stream().map(KeyPair::getPublic).toList(), ISSUER, clock, () -> "id-1");
    }

    private static KeyPair keys(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("EC")) {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        } else {
            generator.initialize(2048);
        }
        return generator.generateKeyPair();
    }
}
