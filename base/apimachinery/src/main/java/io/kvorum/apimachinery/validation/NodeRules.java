package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Nodes: a pod range or provider id, once given, stays. */
final class NodeRules implements KindRules {
    private static final Place SPEC = Place.of("spec");

    @Override
    public void check(ObjectNode object, Problems problems) {
        Set<String> seen = new HashSet<>();
        List<ObjectNode> taints = Tree.objects(object, "spec", "taints");
        for (int i = 0; i < taints.size(); i++) {
            Place at = SPEC.field("taints").index(i);
            String key = Tree.text(taints.get(i), "key");
            String value = Tree.text(taints.get(i), "value");
            String effect = Tree.text(taints.get(i), "effect");
            problems.invalid(at.field("key"), key, Names.qualified(key));
            problems.invalid(at.field("value"), value, Names.labelValue(value));
            if (effect.isEmpty()) {
                problems.required(at.field("effect"));
            }
            if (!seen.add(key + ":" + effect)) {
                problems.duplicate(at, taints.get(i));
            }
        }
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        for (String field : List.of("podCIDR", "podCIDRs", "providerID")) {
            boolean wasSet = Tree.has(before, "spec", field)
                    && !Tree.scalar(before, "spec", field).equals("\"\"");
            if (wasSet && !Tree.at(object, "spec", field).equals(Tree.at(before, "spec", field))) {
                problems.forbidden(
                        SPEC.field(field), "node updates may not change " + field + " except from \"\" to valid");
            }
        }
    }
}
