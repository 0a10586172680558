package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Leases. */
final class LeaseRules implements KindRules {
    private static final Place SPEC = Place.of("spec");

    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode spec = Tree.at(object, "spec");
        if (Tree.has(spec, "leaseDurationSeconds") && Tree.number(spec, "leaseDurationSeconds") <= 0) {
            problems.invalid(
                    SPEC.field("leaseDurationSeconds"),
                    Tree.number(spec, "leaseDurationSeconds"),
                    "must be greater than 0");
        }
        problems.notNegative(SPEC, spec, "leaseTransitions");
    }
}
