package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Deployments. */
final class DeploymentRules implements KindRules {
    private static final Place SPEC = Place.of("spec");

    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode spec = Tree.at(object, "spec");
        TemplateRules.selector(spec, "deployment", problems);
        TemplateRules.lastingTemplate(spec, "Deployment", problems);
        strategy(Tree.at(spec, "strategy"), problems);
        for (String field : List.of("replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")) {
            problems.notNegative(SPEC, spec, field);
        }
        if (Tree.has(spec, "progressDeadlineSeconds")
                && Tree.number(spec, "progressDeadlineSeconds") <= Tree.number(spec, "minReadySeconds")) {
            problems.invalid(
                    SPEC.field("progressDeadlineSeconds"),
                    Tree.number(spec, "progressDeadlineSeconds"),
                    "must be greater than minReadySeconds");
        }
    }

    private static void strategy(JsonNode strategy, Problems problems) {
        Place at = SPEC.fields("strategy", "rollingUpdate");
        JsonNode rolling = Tree.at(strategy, "rollingUpdate");
        if (Tree.text(strategy, "type").equals("Recreate")) {
            if (!rolling.isMissingNode()) {
                problems.forbidden(at, "may not be specified when strategy `type` is 'Recreate'");
            }
            return;
        }
        TemplateRules.countOrPercent(rolling, at, "maxUnavailable", problems);
        TemplateRules.countOrPercent(rolling, at, "maxSurge", problems);
        boolean isStuck = TemplateRules.isZero(Tree.at(rolling, "maxUnavailable"))
                && TemplateRules.isZero(Tree.at(rolling, "maxSurge"));
        if (isStuck) {
            problems.invalid(
                    at.field("maxUnavailable"),
                    Tree.at(rolling, "maxUnavailable"),
                    "may not be 0 when `maxSurge` is 0");
        }
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        TemplateRules.unchangedSelector(object, before, problems);
    }
}
