package io.kvorum.apiserver.authn;

import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import io.kvorum.pki.token.ServiceAccountTokens;
import io.kvorum.pki.token.TokenClaims;
import io.kvorum.pki.token.TokenClaims.ObjectIdentity;
import io.kvorum.pki.token.TokenVerdict.Foreign;
import io.kvorum.pki.token.TokenVerdict.Invalid;
import io.kvorum.pki.token.TokenVerdict.Valid;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** Knows callers by their service account's token, as long as all that the token is bound to still exists. Any thread. */
final class BearerTokens {
    private static final String EXTRA = "authentication.kubernetes.io/";
    /** A pod that is being deleted may still say goodbye. */
    private static final Duration LEEWAY = Duration.ofSeconds(60);

    private final ServiceAccountTokens tokens;
    private final ClusterObjects objects;
    private final InstantSource clock;

    BearerTokens(ServiceAccountTokens tokens, ClusterObjects objects, InstantSource clock) {
        this.tokens = tokens;
        this.objects = objects;
        this.clock = clock;
    }

    TokenAnswer check(String token, List<String> audiences) {
        return switch (tokens.verify(token, audiences)) {
            case Foreign foreign -> new TokenAnswer.Refused("the token is not one of this cluster");
            case Invalid invalid -> new TokenAnswer.Refused(invalid.reason());
            case Valid valid -> bound(valid.claims(), token, audiences);
        };
    }

    private TokenAnswer bound(TokenClaims claims, String token, List<String> audiences) {
        Optional<String> broken = brokenBond(claims, token);
        if (broken.isPresent()) {
            return new TokenAnswer.Refused(broken.get());
        }
        List<String> granted = claims.audiences().isEmpty()
                ? audiences
                : audiences.stream().filter(claims.audiences()::contains).toList();
        return new TokenAnswer.Known(caller(claims), granted);
    }

    private Optional<String> brokenBond(TokenClaims claims, String token) {
        Optional<String> account =
                missing(KnownResources.SERVICE_ACCOUNTS, claims.namespace(), claims.serviceAccount());
        if (account.isPresent()) {
            return account;
        }
        if (claims.pod().isPresent()) {
            return missing(KnownResources.PODS, claims.namespace(), claims.pod().get());
        }
        if (claims.secret().isPresent()) {
            return missingSecret(claims, token);
        }
        return claims.node().flatMap(node -> missing(KnownResources.NODES, "", node));
    }

    private Optional<String> missingSecret(TokenClaims claims, String token) {
        ObjectIdentity bond = claims.secret().orElseThrow();
        Optional<String> missing = missing(KnownResources.SECRETS, claims.namespace(), bond);
        boolean isLegacy = claims.expiresAt().isEmpty();
        if (missing.isPresent() || !isLegacy) {
            return missing;
        }
        boolean isHeld = objects.find(KnownResources.SECRETS, claims.namespace(), bond.name())
                .filter(secret -> holds(secret, token))
                .isPresent();
        return isHeld ? Optional.empty() : Optional.of("the token's Secret " + bond.name() + " holds another token");
    }

    private static boolean holds(ObjectNode secret, String token) {
        byte[] held =
                Base64.getMimeDecoder().decode(secret.path("data").path("token").asString(""));
        return MessageDigest.isEqual(held, token.getBytes(StandardCharsets.UTF_8));
    }

    private Optional<String> missing(GroupVersionResource resource, String namespace, ObjectIdentity wanted) {
        Optional<ObjectNode> found = objects.find(resource, namespace, wanted.name());
        if (found.isEmpty() || isGone(found.get())) {
            return Optional.of("the token is bound to %s %s, which has been deleted"
                    .formatted(resource.resource(), wanted.name()));
        }
        boolean isSame = wanted.uid().isEmpty() || wanted.uid().equals(Fields.uid(found.get()));
        return isSame
                ? Optional.empty()
                : Optional.of("the token is bound to an earlier object of %s %s"
                        .formatted(resource.resource(), wanted.name()));
    }

    private boolean isGone(ObjectNode object) {
        String deletion = object.path("metadata").path("deletionTimestamp").asString("");
        if (deletion.isEmpty()) {
            return false;
        }
        try {
            return clock.instant().isAfter(Instant.parse(deletion).plus(LEEWAY));
        } catch (DateTimeParseException unreadable) {
            return true;
        }
    }

    private static Caller caller(TokenClaims claims) {
        String account = claims.serviceAccount().name();
        Map<String, List<String>> extra = new TreeMap<>();
        if (!claims.id().isEmpty()) {
            extra.put(EXTRA + "credential-id", List.of("JTI=" + claims.id()));
        }
        claims.pod().ifPresent(pod -> put(extra, "pod", pod));
        claims.node().ifPresent(node -> put(extra, "node", node));
        return new Caller(
                "system:serviceaccount:" + claims.namespace() + ":" + account,
                claims.serviceAccount().uid(),
                serviceAccountGroups(claims.namespace()),
                extra);
    }

    private static void put(Map<String, List<String>> extra, String kind, ObjectIdentity identity) {
        extra.put(EXTRA + kind + "-name", List.of(identity.name()));
        extra.put(EXTRA + kind + "-uid", List.of(identity.uid()));
    }

    static List<String> serviceAccountGroups(String namespace) {
        return List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace);
    }
}
