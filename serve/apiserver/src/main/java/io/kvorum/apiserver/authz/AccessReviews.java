package io.kvorum.apiserver.authz;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.authz.Access.ToPath;
import io.kvorum.apiserver.authz.Access.ToResource;
import io.kvorum.apiserver.authz.Decision.Allowed;
import io.kvorum.apiserver.authz.Decision.Refused;
import io.kvorum.apiserver.cluster.Fields;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers questions about what somebody may do; each body becomes its answer. Any thread. */
public final class AccessReviews {
    private final Authorizer authorizer;

    public AccessReviews(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /** A SelfSubjectAccessReview: may I? */
    public ObjectNode self(Caller caller, ObjectNode review) {
        return answer(caller, review);
    }

    /** A SubjectAccessReview: may they? */
    public ObjectNode other(ObjectNode review) {
        return answer(subject(review.path("spec")), review);
    }

    /** A LocalSubjectAccessReview: may they, in this namespace? */
    public ObjectNode local(String namespace, ObjectNode review) {
        String asked =
                review.path("spec").path("resourceAttributes").path("namespace").asString("");
        if (!asked.equals(namespace)) {
            throw ApiException.badRequest("spec.resourceAttributes.namespace must match namespace: " + namespace);
        }
        return other(review);
    }

    /** A SelfSubjectRulesReview: what may I do in this namespace? */
    public ObjectNode rules(Caller caller, ObjectNode review) {
        ObjectNode status = review.putObject("status");
        ArrayNode onResources = status.putArray("resourceRules");
        ArrayNode onUrls = status.putArray("nonResourceRules");
        status.put("incomplete", false);
        String namespace = review.path("spec").path("namespace").asString("");
        for (PolicyRule rule : authorizer.rulesFor(caller, namespace)) {
            (rule.nonResourceUrls().isEmpty() ? onResources : onUrls).add(rule.json());
        }
        return review;
    }

    private ObjectNode answer(Caller caller, ObjectNode review) {
        Decision decision = authorizer.decide(caller, access(review.path("spec")));
        ObjectNode status = review.putObject("status");
        String reason = switch (decision) {
            case Allowed allowed -> allowed.reason();
            case Refused refused -> refused.reason();
        };
        status.put("allowed", decision.isAllowed());
        if (!reason.isEmpty()) {
            status.put("reason", reason);
        }
        return review;
    }

    private static Access access(JsonNode spec) {
        JsonNode resource = spec.path("resourceAttributes");
        JsonNode path = spec.path("nonResourceAttributes");
        if (resource.isObject() == path.isObject()) {
            throw ApiException.badRequest(
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
        return resource.isObject()
                ? new ToResource(
                        text(resource, "verb"),
                        text(resource, "group"),
                        text(resource, "resource"),
                        text(resource, "subresource"),
                        text(resource, "namespace"),
                        text(resource, "name"))
                : new ToPath(text(path, "verb"), text(path, "path"));
    }

    private static Caller subject(JsonNode spec) {
        List<String> groups = Fields.strings(spec.path("groups"));
        if (text(spec, "user").isEmpty() && groups.isEmpty()) {
            throw ApiException.badRequest("at least one of user or group must be specified");
        }
        Map<String, List<String>> extra = new TreeMap<>();
        spec.path("extra").properties().forEach(field -> extra.put(field.getKey(), Fields.strings(field.getValue())));
        return new Caller(text(spec, "user"), text(spec, "uid"), groups, extra);
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }
}
