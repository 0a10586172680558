package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.authz.Access.ToResource;
import io.kvorum.apiserver.authz.Authorizer;
import io.kvorum.apiserver.authz.Escalation;
import io.kvorum.apiserver.authz.PolicyRule;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Nobody gives away rights that he lacks, unless he may {@code escalate} roles or {@code bind} them. Upstream does this
 * where roles are stored; here it stands with the other checks. Any thread.
 */
final class RbacEscalation implements Plugin {
    private final Authorizer authorizer;

    RbacEscalation(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    @Override
    public void check(AdmissionRequest request) {
        boolean isWrite = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
        if (!isWrite || request.caller().isIn("system:masters")) {
            return;
        }
        if (Subject.is(request, KnownResources.ROLES) || Subject.is(request, KnownResources.CLUSTER_ROLES)) {
            checkRole(request);
        } else if (Subject.is(request, KnownResources.ROLE_BINDINGS)
                || Subject.is(request, KnownResources.CLUSTER_ROLE_BINDINGS)) {
            checkBinding(request);
        }
    }

    private void checkRole(AdmissionRequest request) {
        ObjectNode role = Subject.object(request);
        JsonNode rules = role.path("rules");
        boolean isSame = request.old() != null
                && rules.equals(request.old().path("rules"))
                && role.path("aggregationRule").equals(request.old().path("aggregationRule"));
        if (isSame || may(request, "escalate", request.type().id().resource(), request.name())) {
            return;
        }
        if (role.hasNonNull("aggregationRule")) {
            requireHeld(request, List.of(everything()));
        }
        requireHeld(request, PolicyRule.list(rules));
    }

    private void checkBinding(AdmissionRequest request) {
        ObjectNode binding = Subject.object(request);
        JsonNode reference = binding.path("roleRef");
        boolean isSame = request.old() != null
                && reference.equals(request.old().path("roleRef"))
                && binding.path("subjects").equals(request.old().path("subjects"));
        boolean isClusterRole = reference.path("kind").asString("").equals("ClusterRole");
        String role = reference.path("name").asString("");
        if (isSame || may(request, "bind", isClusterRole ? "clusterroles" : "roles", role)) {
            return;
        }
        List<PolicyRule> rules = authorizer
                .rulesOf(request.namespace(), isClusterRole, role)
                .orElseThrow(() -> Subject.forbidden(
                        request, "role \"%s\" not found, so nobody can tell what it would give".formatted(role)));
        requireHeld(request, rules);
    }

    private boolean may(AdmissionRequest request, String verb, String resource, String name) {
        return authorizer
                .decide(
                        request.caller(),
                        new ToResource(verb, KnownResources.ROLES.group(), resource, "", request.namespace(), name))
                .isAllowed();
    }

    private void requireHeld(AdmissionRequest request, List<PolicyRule> wanted) {
        Caller caller = request.caller();
        List<PolicyRule> missing = Escalation.notCovered(authorizer.rulesFor(caller, request.namespace()), wanted);
        if (!missing.isEmpty()) {
            throw Subject.forbidden(request, Escalation.text(caller, missing));
        }
    }

    private static PolicyRule everything() {
        return new PolicyRule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of());
    }
}
