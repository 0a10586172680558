package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.selector.LabelSelector;
import io.kvorum.apimachinery.selector.MalformedSelector;
import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What all workloads share: a pod template, and a selector that finds its pods again. */
final class TemplateRules {
    private static final Place SPEC = Place.of("spec");
    private static final Place TEMPLATE = SPEC.field("template");

    private TemplateRules() {}

    /** @param kind in lower case, for messages */
    static void selector(JsonNode spec, String kind, Problems problems) {
        JsonNode selector = Tree.at(spec, "selector");
        Place at = SPEC.field("selector");
        if (selector.isMissingNode()) {
            problems.required(at);
            return;
        }
        try {
            LabelSelector parsed = LabelSelector.of(selector);
            if (parsed.isEverything()) {
                problems.invalid(at, selector, "empty selector is invalid for " + kind);
            } else if (!parsed.matches(Tree.textMap(spec, "template", "metadata", "labels"))) {
                problems.invalid(
                        TEMPLATE.fields("metadata", "labels"),
                        Tree.at(spec, "template", "metadata", "labels"),
                        "`selector` does not match template `labels`");
            }
        } catch (MalformedSelector e) {
            problems.invalid(at, selector, e.problem());
        }
    }

    /** @param place of the template, such as {@code spec.template} */
    static void template(JsonNode template, Place place, List<String> restartPolicies, Problems problems) {
        if (template.isMissingNode()) {
            problems.required(place);
            return;
        }
        Place metadata = place.field("metadata");
        MetadataRules.labels(metadata.field("labels"), Tree.textMap(template, "metadata", "labels"), problems);
        MetadataRules.annotations(
                metadata.field("annotations"), Tree.textMap(template, "metadata", "annotations"), problems);
        PodSpecRules.check(Tree.at(template, "spec"), place.field("spec"), problems);
        String policy = Tree.text(template, "spec", "restartPolicy");
        if (!restartPolicies.contains(policy)) {
            problems.unsupported(place.fields("spec", "restartPolicy"), policy, restartPolicies);
        }
    }

    /** The template of what keeps pods running for good. */
    static void lastingTemplate(JsonNode spec, String kind, Problems problems) {
        template(Tree.at(spec, "template"), TEMPLATE, List.of("Always"), problems);
        if (Tree.has(spec, "template", "spec", "activeDeadlineSeconds")) {
            problems.forbidden(
                    TEMPLATE.fields("spec", "activeDeadlineSeconds"),
                    "activeDeadlineSeconds in " + kind + " is not Supported");
        }
    }

    static void unchangedSelector(JsonNode object, JsonNode before, Problems problems) {
        problems.unchanged(
                SPEC.field("selector"), Tree.at(object, "spec", "selector"), Tree.at(before, "spec", "selector"));
    }

    /** A number or a percentage. */
    static void countOrPercent(JsonNode holder, Place at, String field, Problems problems) {
        JsonNode value = Tree.at(holder, field);
        if (value.isString() && !value.stringValue().matches("[0-9]+%")) {
            problems.invalid(
                    at.field(field),
                    value.stringValue(),
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%',"
                            + " regex used for validation is '[0-9]+%')");
        } else {
            problems.notNegative(at, holder, field);
        }
    }

    static boolean isZero(JsonNode value) {
        return value.isString() ? value.stringValue().matches("0+%") : value.isNumber() && value.longValue() == 0;
    }
}
