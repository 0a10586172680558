package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** PodDisruptionBudgets. */
final class BudgetRules implements KindRules {
    private static final Place SPEC = Place.of("spec");

    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode spec = Tree.at(object, "spec");
        if (Tree.has(spec, "minAvailable") && Tree.has(spec, "maxUnavailable")) {
            problems.invalid(SPEC, spec, "minAvailable and maxUnavailable cannot be both set");
        }
        TemplateRules.countOrPercent(spec, SPEC, "minAvailable", problems);
        TemplateRules.countOrPercent(spec, SPEC, "maxUnavailable", problems);
    }
}
