package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.selector.LabelSelector;
import io.kvorum.apimachinery.selector.MalformedSelector;
import io.kvorum.apimachinery.tree.Tree;
import java.util.SortedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** ReplicationControllers, whose selector is plain labels. */
final class ReplicationControllerRules implements KindRules {
    private static final Place SPEC = Place.of("spec");

    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode spec = Tree.at(object, "spec");
        problems.notNegative(SPEC, spec, "replicas");
        SortedMap<String, String> selector = Tree.textMap(spec, "selector");
        if (selector.isEmpty()) {
            problems.required(SPEC.field("selector"));
        } else {
            matching(selector, spec, problems);
        }
        TemplateRules.lastingTemplate(spec, "ReplicationController", problems);
    }

    private static void matching(SortedMap<String, String> selector, JsonNode spec, Problems problems) {
        JsonNode labels = Tree.at(spec, "template", "metadata", "labels");
        try {
            if (!LabelSelector.ofLabels(selector).matches(Tree.textMap(labels))) {
                problems.invalid(
                        SPEC.fields("template", "metadata", "labels"),
                        labels,
                        "`selector` does not match template `labels`");
            }
        } catch (MalformedSelector e) {
            problems.invalid(SPEC.field("selector"), Tree.at(spec, "selector"), e.problem());
        }
    }
}
