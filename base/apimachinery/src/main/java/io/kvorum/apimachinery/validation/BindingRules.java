package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** RoleBindings and ClusterRoleBindings: whom they serve may change, what they grant may not. */
final class BindingRules implements KindRules {
    private static final String RBAC = "rbac.authorization.k8s.io";

    private final List<String> roleKinds;

    BindingRules(List<String> roleKinds) {
        this.roleKinds = List.copyOf(roleKinds);
    }

    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode role = Tree.at(object, "roleRef");
        Place at = Place.of("roleRef");
        if (!Tree.text(role, "apiGroup").equals(RBAC)) {
            problems.unsupported(at.field("apiGroup"), Tree.text(role, "apiGroup"), List.of(RBAC));
        }
        if (!roleKinds.contains(Tree.text(role, "kind"))) {
            problems.unsupported(at.field("kind"), Tree.text(role, "kind"), roleKinds);
        }
        String name = Tree.text(role, "name");
        if (name.isEmpty()) {
            problems.required(at.field("name"));
        } else {
            problems.invalid(at.field("name"), name, Names.pathSegment(name));
        }
        List<ObjectNode> subjects = Tree.objects(object, "subjects");
        for (int i = 0; i < subjects.size(); i++) {
            subject(subjects.get(i), Place.of("subjects").index(i), problems);
        }
    }

    private static void subject(ObjectNode subject, Place at, Problems problems) {
        String name = Tree.text(subject, "name");
        String group = Tree.text(subject, "apiGroup");
        if (name.isEmpty()) {
            problems.required(at.field("name"));
        }
        switch (Tree.text(subject, "kind")) {
            case "ServiceAccount" -> {
                if (!name.isEmpty()) {
                    problems.invalid(at.field("name"), name, Names.dns1123Subdomain(name));
                }
                if (!group.isEmpty()) {
                    problems.unsupported(at.field("apiGroup"), group, List.of(""));
                }
                if (Tree.text(subject, "namespace").isEmpty()) {
                    problems.required(at.field("namespace"));
                }
            }
            case "User", "Group" -> {
                if (!group.equals(RBAC)) {
                    problems.unsupported(at.field("apiGroup"), group, List.of(RBAC));
                }
            }
            default ->
                problems.unsupported(
                        at.field("kind"), Tree.text(subject, "kind"), List.of("ServiceAccount", "User", "Group"));
        }
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        JsonNode role = Tree.at(object, "roleRef");
        if (!role.equals(Tree.at(before, "roleRef"))) {
            problems.invalid(Place.of("roleRef"), role, "cannot change roleRef");
        }
    }
}
