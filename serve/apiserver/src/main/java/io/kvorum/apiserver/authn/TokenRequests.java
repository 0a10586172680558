package io.kvorum.apiserver.authn;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import io.kvorum.pki.token.ServiceAccountTokens;
import io.kvorum.pki.token.ServiceAccountTokens.Issued;
import io.kvorum.pki.token.TokenClaims.ObjectIdentity;
import io.kvorum.pki.token.TokenGrant;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers TokenRequests: makes tokens for service accounts, bound to what the request names. Any thread. */
public final class TokenRequests {
    private static final long DEFAULT_SECONDS = 3600;
    private static final long LEAST_SECONDS = 600;
    private static final long MOST_SECONDS = 1L << 32;
    /** What pods ask for by default, and by which upstream knows tokens that old clients may never reload. */
    private static final long POD_SECONDS = 3607;

    private static final Duration EXTENDED = Duration.ofDays(365);

    private record Bond(Optional<ObjectIdentity> pod, Optional<ObjectIdentity> node, Optional<ObjectIdentity> secret) {
        static final Bond NONE = new Bond(Optional.empty(), Optional.empty(), Optional.empty());
    }

    private final ServiceAccountTokens tokens;
    private final ClusterObjects objects;
    private final List<String> apiAudiences;
    private final InstantSource clock;

    public TokenRequests(
            ServiceAccountTokens tokens, ClusterObjects objects, List<String> apiAudiences, InstantSource clock) {
        this.tokens = tokens;
        this.objects = objects;
        this.apiAudiences = List.copyOf(apiAudiences);
        this.clock = clock;
    }

    /**
     * @param request the body; becomes the answer
     * @return the request with its status, which holds the token
     */
    public ObjectNode issue(ObjectNode serviceAccount, ObjectNode request) {
        ObjectNode spec = request.withObjectProperty("spec");
        long seconds = seconds(spec);
        List<String> audiences = Fields.strings(spec.path("audiences"));
        List<String> granted = audiences.isEmpty() ? apiAudiences : audiences;
        Bond bond = bond(serviceAccount, spec.path("boundObjectRef"));
        boolean isExtended = seconds == POD_SECONDS && bond.pod().isPresent() && apiAudiences.containsAll(granted);
        Issued issued = tokens.issue(new TokenGrant(
                Fields.namespace(serviceAccount),
                new ObjectIdentity(Fields.name(serviceAccount), Fields.uid(serviceAccount)),
                bond.pod(),
                bond.node(),
                bond.secret(),
                granted,
                isExtended ? EXTENDED : Duration.ofSeconds(seconds),
                isExtended ? Optional.of(Duration.ofSeconds(seconds)) : Optional.empty()));
        return answer(request, serviceAccount, granted, seconds, issued);
    }

    private ObjectNode answer(
            ObjectNode request, ObjectNode serviceAccount, List<String> audiences, long seconds, Issued issued) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        request.put("kind", "TokenRequest").put("apiVersion", "authentication.k8s.io/v1");
        request.withObjectProperty("metadata")
                .put("name", Fields.name(serviceAccount))
                .put("namespace", Fields.namespace(serviceAccount))
                .put("creationTimestamp", now);
        ObjectNode spec = request.withObjectProperty("spec").put("expirationSeconds", seconds);
        ArrayNode list = spec.putArray("audiences");
        audiences.forEach(list::add);
        // Whoever reloads must do so at the time asked for, also when the token would be good for longer.
        request.putObject("status")
                .put("token", issued.token())
                .put(
                        "expirationTimestamp",
                        clock.instant()
                                .truncatedTo(ChronoUnit.SECONDS)
                                .plusSeconds(seconds)
                                .toString());
        return request;
    }

    private static long seconds(ObjectNode spec) {
        long seconds = spec.path("expirationSeconds").asLong(DEFAULT_SECONDS);
        if (seconds < LEAST_SECONDS) {
            throw invalid(seconds, "may not specify a duration less than 10 minutes");
        }
        if (seconds > MOST_SECONDS) {
            throw invalid(seconds, "may not specify a duration larger than 2^32 seconds");
        }
        return seconds;
    }

    private static ApiException invalid(long seconds, String why) {
        return ApiException.invalid(
                "TokenRequest",
                "authentication.k8s.io",
                "",
                List.of(new Cause(
                        "FieldValueInvalid",
                        "Invalid value: %d: %s".formatted(seconds, why),
                        "spec.expirationSeconds")));
    }

    private Bond bond(ObjectNode serviceAccount, JsonNode reference) {
        String name = reference.path("name").asString("");
        String namespace = Fields.namespace(serviceAccount);
        return switch (reference.path("kind").asString("")) {
            case "" -> Bond.NONE;
            case "Pod" -> podBond(find(KnownResources.PODS, namespace, reference), serviceAccount);
            case "Secret" ->
                new Bond(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(identity(find(KnownResources.SECRETS, namespace, reference))));
            case "Node" ->
                new Bond(
                        Optional.empty(),
                        Optional.of(identity(find(KnownResources.NODES, "", reference))),
                        Optional.empty());
            default ->
                throw ApiException.badRequest(
                        "cannot bind token for serviceaccount \"%s\" to object type \"%s\" named \"%s\""
                                .formatted(
                                        Fields.name(serviceAccount),
                                        reference.path("kind").asString(""),
                                        name));
        };
    }

    private Bond podBond(ObjectNode pod, ObjectNode serviceAccount) {
        String account = pod.path("spec").path("serviceAccountName").asString("");
        if (!account.equals(Fields.name(serviceAccount))) {
            throw ApiException.badRequest(
                    "cannot bind token for serviceaccount \"%s\" to pod running with different serviceaccount name."
                            .formatted(Fields.name(serviceAccount)));
        }
        String nodeName = pod.path("spec").path("nodeName").asString("");
        Optional<ObjectIdentity> node = nodeName.isEmpty()
                ? Optional.empty()
                : Optional.of(objects.find(KnownResources.NODES, "", nodeName)
                        .map(TokenRequests::identity)
                        .orElse(new ObjectIdentity(nodeName, "")));
        return new Bond(Optional.of(identity(pod)), node, Optional.empty());
    }

    private ObjectNode find(GroupVersionResource resource, String namespace, JsonNode reference) {
        String name = reference.path("name").asString("");
        String uid = reference.path("uid").asString("");
        ObjectNode found =
                objects.find(resource, namespace, name).orElseThrow(() -> ApiException.notFound(resource, name));
        if (!uid.isEmpty() && !uid.equals(Fields.uid(found))) {
            throw ApiException.conflict(
                    resource,
                    name,
                    "the UID in the bound object reference (%s) does not match the UID in record. The object might have been deleted and then recreated"
                            .formatted(uid));
        }
        return found;
    }

    private static ObjectIdentity identity(ObjectNode object) {
        return new ObjectIdentity(Fields.name(object), Fields.uid(object));
    }
}
