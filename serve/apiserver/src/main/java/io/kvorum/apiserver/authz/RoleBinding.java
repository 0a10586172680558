package io.kvorum.apiserver.authz;

import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.cluster.Fields;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Who has a role.
 *
 * @param namespace empty for a ClusterRoleBinding
 * @param isClusterRole whether the role it refers to is a ClusterRole
 */
record RoleBinding(String namespace, String name, List<Subject> subjects, boolean isClusterRole, String role) {
    RoleBinding {
        subjects = List.copyOf(subjects);
    }

    static RoleBinding of(JsonNode object) {
        List<Subject> subjects = new ArrayList<>();
        object.path("subjects").forEach(each -> subjects.add(Subject.of(each)));
        JsonNode reference = object.path("roleRef");
        return new RoleBinding(
                Fields.namespace(object),
                Fields.name(object),
                subjects,
                reference.path("kind").asString("").equals("ClusterRole"),
                reference.path("name").asString(""));
    }

    boolean holds(Caller caller) {
        return subjects.stream().anyMatch(subject -> subject.is(caller, namespace));
    }

    /** As upstream explains an access: which binding of which role did it. */
    String explanation() {
        String binding = namespace.isEmpty()
                ? "ClusterRoleBinding \"%s\"".formatted(name)
                : "RoleBinding \"%s/%s\"".formatted(name, namespace);
        return "RBAC: allowed by %s of %s \"%s\"".formatted(binding, isClusterRole ? "ClusterRole" : "Role", role);
    }

    /** A user, a group or a service account. */
    record Subject(String kind, String name, String namespace) {
        static Subject of(JsonNode node) {
            return new Subject(
                    node.path("kind").asString(""),
                    node.path("name").asString(""),
                    node.path("namespace").asString(""));
        }

        boolean is(Caller caller, String bindingNamespace) {
            return switch (kind) {
                case "User" -> caller.user().equals(name);
                case "Group" -> caller.isIn(name);
                case "ServiceAccount" -> isAccount(caller, namespace.isEmpty() ? bindingNamespace : namespace);
                default -> false;
            };
        }

        private boolean isAccount(Caller caller, String accountNamespace) {
            return !accountNamespace.isEmpty()
                    && caller.user().equals("system:serviceaccount:" + accountNamespace + ":" + name);
        }
    }
}
