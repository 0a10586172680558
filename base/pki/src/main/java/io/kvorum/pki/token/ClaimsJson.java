package io.kvorum.pki.token;

import io.kvorum.pki.token.TokenClaims.ObjectIdentity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How claims stand in a token's payload, by upstream's names; any thread. */
final class ClaimsJson {
    private static final String LEGACY_ISSUER = "kubernetes/serviceaccount";
    private static final String LEGACY_NAMESPACE = "kubernetes.io/serviceaccount/namespace";
    private static final String LEGACY_SECRET = "kubernetes.io/serviceaccount/secret.name";
    private static final String LEGACY_NAME = "kubernetes.io/serviceaccount/service-account.name";
    private static final String LEGACY_UID = "kubernetes.io/serviceaccount/service-account.uid";

    private ClaimsJson() {}

    static ObjectNode payload(TokenGrant grant, String issuer, String id, Instant now) {
        ObjectNode payload = JsonNodeFactory.instance.objectNode();
        ArrayNode audiences = payload.putArray("aud");
        grant.audiences().forEach(audiences::add);
        payload.put("exp", now.plus(grant.lifetime()).getEpochSecond());
        payload.put("iat", now.getEpochSecond());
        payload.put("iss", issuer);
        payload.put("jti", id);
        ObjectNode cluster = payload.putObject("kubernetes.io");
        cluster.put("namespace", grant.namespace());
        grant.node().ifPresent(node -> put(cluster, "node", node));
        grant.pod().ifPresent(pod -> put(cluster, "pod", pod));
        grant.secret().ifPresent(secret -> put(cluster, "secret", secret));
        put(cluster, "serviceaccount", grant.serviceAccount());
        grant.warnAfter()
                .ifPresent(after -> cluster.put("warnafter", now.plus(after).getEpochSecond()));
        payload.put("nbf", now.getEpochSecond());
        payload.put("sub", subject(grant.namespace(), grant.serviceAccount()));
        return payload;
    }

    static Optional<TokenClaims> read(JsonNode payload) {
        JsonNode cluster = payload.path("kubernetes.io");
        String namespace = cluster.path("namespace").asString("");
        Optional<ObjectIdentity> serviceAccount = identity(cluster, "serviceaccount");
        if (namespace.isEmpty() || serviceAccount.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TokenClaims(
                payload.path("jti").asString(""),
                namespace,
                serviceAccount.get(),
                identity(cluster, "pod"),
                identity(cluster, "node"),
                identity(cluster, "secret"),
                audiences(payload.path("aud")),
                instant(payload.path("exp")),
                instant(cluster.path("warnafter"))));
    }

    static ObjectNode legacyPayload(String namespace, ObjectIdentity serviceAccount, String secret) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("iss", LEGACY_ISSUER)
                .put(LEGACY_NAMESPACE, namespace)
                .put(LEGACY_SECRET, secret)
                .put(LEGACY_NAME, serviceAccount.name())
                .put(LEGACY_UID, serviceAccount.uid())
                .put("sub", subject(namespace, serviceAccount));
    }

    static boolean isLegacy(JsonNode payload) {
        return payload.path("iss").asString("").equals(LEGACY_ISSUER);
    }

    static Optional<TokenClaims> readLegacy(JsonNode payload) {
        String namespace = payload.path(LEGACY_NAMESPACE).asString("");
        String name = payload.path(LEGACY_NAME).asString("");
        String secret = payload.path(LEGACY_SECRET).asString("");
        if (namespace.isEmpty() || name.isEmpty() || secret.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TokenClaims(
                "",
                namespace,
                new ObjectIdentity(name, payload.path(LEGACY_UID).asString("")),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new ObjectIdentity(secret, "")),
                List.of(),
                Optional.empty(),
                Optional.empty()));
    }

    private static String subject(String namespace, ObjectIdentity serviceAccount) {
        return "system:serviceaccount:" + namespace + ":" + serviceAccount.name();
    }

    private static void put(ObjectNode cluster, String field, ObjectIdentity identity) {
        cluster.putObject(field).put("name", identity.name()).put("uid", identity.uid());
    }

    private static Optional<ObjectIdentity> identity(JsonNode cluster, String field) {
        JsonNode node = cluster.path(field);
        String name = node.path("name").asString("");
        return name.isEmpty()
                ? Optional.empty()
                : Optional.of(new ObjectIdentity(name, node.path("uid").asString("")));
    }

    /** A single audience may stand alone instead of in a list. */
    private static List<String> audiences(JsonNode node) {
        if (node.isString()) {
            return List.of(node.stringValue());
        }
        List<String> audiences = new ArrayList<>();
        node.forEach(each -> audiences.add(each.asString("")));
        return audiences;
    }

    private static Optional<Instant> instant(JsonNode node) {
        return node.isNumber() ? Optional.of(Instant.ofEpochSecond(node.longValue())) : Optional.empty();
    }
}
