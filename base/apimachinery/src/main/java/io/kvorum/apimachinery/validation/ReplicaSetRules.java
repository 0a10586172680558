package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** ReplicaSets. */
final class ReplicaSetRules implements KindRules {
    @Override
    public void check(ObjectNode object, Problems problems) {
        JsonNode spec = Tree.at(object, "spec");
        problems.notNegative(Place.of("spec"), spec, "replicas");
        problems.notNegative(Place.of("spec"), spec, "minReadySeconds");
        TemplateRules.selector(spec, "replica set", problems);
        TemplateRules.lastingTemplate(spec, "ReplicaSet", problems);
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        TemplateRules.unchangedSelector(object, before, problems);
    }
}
