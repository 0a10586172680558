package io.kvorum.apiserver.authz;

import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.authz.Access.ToPath;
import io.kvorum.apiserver.authz.Access.ToResource;
import io.kvorum.apiserver.authz.Decision.Allowed;
import io.kvorum.apiserver.authz.Decision.Refused;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All roles and bindings as of one moment; immutable, any thread. */
final class RbacPolicy {
    static final RbacPolicy EMPTY = new RbacPolicy(Map.of(), Map.of(), List.of(), Map.of());

    /** A namespaced role's key. */
    record RoleKey(String namespace, String name) {}

    private final Map<RoleKey, List<PolicyRule>> roles;
    private final Map<String, List<PolicyRule>> clusterRoles;
    private final List<RoleBinding> clusterBindings;
    private final Map<String, List<RoleBinding>> bindingsByNamespace;

    RbacPolicy(
            Map<RoleKey, List<PolicyRule>> roles,
            Map<String, List<PolicyRule>> clusterRoles,
            List<RoleBinding> clusterBindings,
            Map<String, List<RoleBinding>> bindingsByNamespace) {
        this.roles = roles;
        this.clusterRoles = clusterRoles;
        this.clusterBindings = clusterBindings;
        this.bindingsByNamespace = bindingsByNamespace;
    }

    Decision decide(Caller caller, Access access) {
        Set<String> missing = new LinkedHashSet<>();
        for (RoleBinding binding : bindings(namespace(access))) {
            if (binding.holds(caller)) {
                Optional<List<PolicyRule>> rules = rules(binding);
                if (rules.isEmpty()) {
                    missing.add(missingRole(binding));
                } else if (rules.get().stream().anyMatch(rule -> rule.allows(access))) {
                    return new Allowed(binding.explanation());
                }
            }
        }
        return new Refused(missing.isEmpty() ? "" : "RBAC: " + oneOrMore(missing));
    }

    /** Everything the caller may do in a namespace (or, when empty, in the cluster as a whole). */
    List<PolicyRule> rulesFor(Caller caller, String namespace) {
        List<PolicyRule> all = new ArrayList<>();
        for (RoleBinding binding : bindings(namespace)) {
            if (binding.holds(caller)) {
                rules(binding).ifPresent(all::addAll);
            }
        }
        return all;
    }

    /** The rules of the role a binding refers to; empty when there is no such role. */
    Optional<List<PolicyRule>> rules(RoleBinding binding) {
        return Optional.ofNullable(
                binding.isClusterRole()
                        ? clusterRoles.get(binding.role())
                        : roles.get(new RoleKey(binding.namespace(), binding.role())));
    }

    private List<RoleBinding> bindings(String namespace) {
        List<RoleBinding> inNamespace =
                namespace.isEmpty() ? List.of() : bindingsByNamespace.getOrDefault(namespace, List.of());
        if (inNamespace.isEmpty()) {
            return clusterBindings;
        }
        List<RoleBinding> all = new ArrayList<>(clusterBindings);
        all.addAll(inNamespace);
        return all;
    }

    private static String namespace(Access access) {
        return switch (access) {
            case ToResource to -> to.namespace();
            case ToPath to -> "";
        };
    }

    private static String missingRole(RoleBinding binding) {
        String resource = binding.isClusterRole() ? "clusterrole" : "role";
        return "%s.rbac.authorization.k8s.io \"%s\" not found".formatted(resource, binding.role());
    }

    private static String oneOrMore(Set<String> texts) {
        return texts.size() == 1 ? texts.iterator().next() : "[" + String.join(", ", texts) + "]";
    }
}
