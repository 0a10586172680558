package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Jobs, also those inside of CronJobs. */
final class JobRules implements KindRules {
    private static final Place SPEC = Place.of("spec");

    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode spec = Tree.at(object, "spec");
        if (Tree.has(spec, "selector")) {
            TemplateRules.selector(spec, "job", problems);
        } else if (Tree.flag(spec, "manualSelector")) {
            problems.required(SPEC.field("selector"));
        }
        spec(spec, SPEC, problems);
    }

    static void spec(JsonNode spec, Place at, Problems problems) {
        for (String field : List.of(
                "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")) {
            problems.notNegative(at, spec, field);
        }
        if (Tree.text(spec, "completionMode").equals("Indexed") && !Tree.has(spec, "completions")) {
            problems.required(at.field("completions"), "when completion mode is Indexed");
        }
        TemplateRules.template(
                Tree.at(spec, "template"), at.field("template"), List.of("OnFailure", "Never"), problems);
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        boolean isIndexed = Tree.text(object, "spec", "completionMode").equals("Indexed");
        boolean scalesTogether =
                isIndexed && Tree.at(object, "spec", "completions").equals(Tree.at(object, "spec", "parallelism"));
        if (!scalesTogether) {
            unchanged("completions", object, before, problems);
        }
        unchanged("selector", object, before, problems);
        unchanged("completionMode", object, before, problems);
        unchanged("podFailurePolicy", object, before, problems);
        unchanged("backoffLimitPerIndex", object, before, problems);
        boolean hasNotStarted = Tree.flag(before, "spec", "suspend") && !Tree.has(before, "status", "startTime");
        if (!hasNotStarted) {
            unchanged("template", object, before, problems);
        }
    }

    private static void unchanged(String field, ObjectNode object, ObjectNode before, Problems problems) {
        problems.unchanged(SPEC.field(field), Tree.at(object, "spec", field), Tree.at(before, "spec", field));
    }
}
