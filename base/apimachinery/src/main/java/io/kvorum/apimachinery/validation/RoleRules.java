package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Roles and ClusterRoles. */
final class RoleRules implements KindRules {
    private final boolean isNamespaced;

    RoleRules(boolean isNamespaced) {
        this.isNamespaced = isNamespaced;
    }

    @Override
    public void check(ObjectNode object, Problems problems) {
        List<ObjectNode> rules = Tree.objects(object, "rules");
        for (int i = 0; i < rules.size(); i++) {
            rule(rules.get(i), Place.of("rules").index(i), problems);
        }
    }

    private void rule(ObjectNode rule, Place at, Problems problems) {
        if (isEmpty(rule, "verbs")) {
            problems.required(at.field("verbs"), "verbs must contain at least one value");
        }
        JsonNode urls = Tree.at(rule, "nonResourceURLs");
        if (!urls.isEmpty()) {
            Place here = at.field("nonResourceURLs");
            if (isNamespaced) {
                problems.invalid(here, urls, "namespaced rules cannot apply to non-resource URLs");
            }
            if (!isEmpty(rule, "apiGroups") || !isEmpty(rule, "resources") || !isEmpty(rule, "resourceNames")) {
                problems.invalid(here, urls, "rules cannot apply to both regular resources and non-resource URLs");
            }
            return;
        }
        if (isEmpty(rule, "apiGroups")) {
            problems.required(at.field("apiGroups"), "resource rules must supply at least one api group");
        }
        if (isEmpty(rule, "resources")) {
            problems.required(at.field("resources"), "resource rules must supply at least one resource");
        }
    }

    private static boolean isEmpty(ObjectNode rule, String field) {
        return Tree.at(rule, field).isEmpty();
    }
}
