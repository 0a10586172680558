package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** DaemonSets. */
final class DaemonSetRules implements KindRules {
    private static final Place SPEC = Place.of("spec");

    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode spec = Tree.at(object, "spec");
        TemplateRules.selector(spec, "daemonset", problems);
        TemplateRules.lastingTemplate(spec, "DaemonSet", problems);
        problems.notNegative(SPEC, spec, "minReadySeconds");
        problems.notNegative(SPEC, spec, "revisionHistoryLimit");
        Place at = SPEC.fields("updateStrategy", "rollingUpdate");
        JsonNode rolling = Tree.at(spec, "updateStrategy", "rollingUpdate");
        TemplateRules.countOrPercent(rolling, at, "maxUnavailable", problems);
        TemplateRules.countOrPercent(rolling, at, "maxSurge", problems);
        boolean hasUnavailable =
                Tree.has(rolling, "maxUnavailable") && !TemplateRules.isZero(Tree.at(rolling, "maxUnavailable"));
        boolean hasSurge = Tree.has(rolling, "maxSurge") && !TemplateRules.isZero(Tree.at(rolling, "maxSurge"));
        if (hasUnavailable && hasSurge) {
            problems.invalid(
                    at.field("maxSurge"),
                    Tree.at(rolling, "maxSurge"),
                    "may not be set when maxUnavailable is non-zero");
        }
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        TemplateRules.unchangedSelector(object, before, problems);
    }
}
